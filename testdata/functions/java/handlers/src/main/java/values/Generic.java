package values;

import java.util.List;

/** Its types are arguments of a superclass, in another order. */
public class Generic extends Base<String, List<Order>> {
    @Override
    protected String handle(List<Order> orders) {
        return orders.get(0).getState().name();
    }
}
