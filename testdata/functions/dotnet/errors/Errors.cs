using System;
using System.Threading.Tasks;
using Amazon.Lambda.Core;
using Amazon.Lambda.Serialization.Json;

[assembly: LambdaSerializer(typeof(JsonSerializer))]

public class OrderException : Exception
{
    public OrderException(string message, Exception cause) : base(message, cause) { }
}

public class Node
{
    public Node Next { get; set; }
}

public class Errors
{
    static int calls;

    public string Boom()
    {
        throw new InvalidOperationException("boom");
    }

    public static string Static()
    {
        throw new InvalidOperationException("boom");
    }

    public string Deep(string input, ILambdaContext context)
    {
        try
        {
            return Boom();
        }
        catch (Exception cause)
        {
            throw new OrderException("no \"order\"\n", cause);
        }
    }

    public async Task<string> Later()
    {
        await Task.Delay(10);
        throw new InvalidOperationException("boom");
    }

    public async Task LaterNothing()
    {
        await Task.Delay(10);
        throw new InvalidOperationException("boom");
    }

    public string Many()
    {
        throw new AggregateException("many", new InvalidOperationException("a"), new ArgumentException("b"));
    }

    public int EverySecond()
    {
        if (++calls % 2 == 1)
        {
            throw new InvalidOperationException("odd");
        }
        return calls;
    }

    public Node Cycle()
    {
        var node = new Node();
        node.Next = node;
        return node;
    }

    public int Number(int number)
    {
        return number;
    }

    public string Huge()
    {
        throw new Exception(new string('x', 300000));
    }

    public string Accents()
    {
        throw new Exception("caf\u00e9 \U0001F600");
    }

    public byte[] OutOfMemory()
    {
        return new byte[int.MaxValue - 1];
    }
}
