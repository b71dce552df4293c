package values;

import java.util.Date;
import java.util.List;

/** A bean of the usual kind. */
public class Order {
    public enum State { OPEN, SHIPPED }

    private String id;
    private int count;
    private Double price;
    private State state;
    private Date placed;
    private List<Order> parts;

    public String getId() {
        return id;
    }

    public void setId(String id) {
        this.id = id;
    }

    public int getCount() {
        return count;
    }

    public void setCount(int count) {
        this.count = count;
    }

    public Double getPrice() {
        return price;
    }

    public void setPrice(Double price) {
        this.price = price;
    }

    public State getState() {
        return state;
    }

    public void setState(State state) {
        this.state = state;
    }

    public Date getPlaced() {
        return placed;
    }

    public void setPlaced(Date placed) {
        this.placed = placed;
    }

    public List<Order> getParts() {
        return parts;
    }

    public void setParts(List<Order> parts) {
        this.parts = parts;
    }
}
