using System;
using System.Collections.Generic;
using Amazon.Lambda.Core;

public class Logs
{
    static Logs()
    {
        Console.WriteLine("init");
    }

    public void Print()
    {
        Console.WriteLine("a line");
        Console.WriteLine("two\nlines \u00e9");
        Console.WriteLine("{0} of {1}", 1, "two");
        Console.WriteLine(5);
        Console.Write("no newline");
        Console.WriteLine();
        Console.Error.WriteLine("to stderr");
    }

    public void Many()
    {
        for (var i = 0; i < 2000; i++)
        {
            Console.WriteLine("line " + i);
        }
    }

    public void Logger(ILambdaContext context)
    {
        context.Logger.Log("raw");
        context.Logger.LogLine("|line");
        LambdaLogger.Log("static");
        context.Logger.LogDebug("a debug line");
        context.Logger.LogWarning("a warning");
        context.Logger.LogCritical("a disaster");
    }

    public void Templates(ILambdaContext context)
    {
        var items = new List<string> { "a", "b" };
        context.Logger.LogInformation("{user} bought {count:N1} of {{it}}, {items}, {missing}", "Ada", 2, items);
        context.Logger.LogInformation("{1} before {0}", "Z", "A");
        var time = new DateTime(2018, 11, 22, 1, 2, 3, DateTimeKind.Utc);
        context.Logger.LogInformation("at {time} {bytes} {ok}", time, new byte[] { 1, 255 }, true);
        LambdaLogger.Log("Warning", "static {user}", "Bob");
    }

    public void Exceptions(ILambdaContext context)
    {
        try
        {
            throw new InvalidOperationException("caught <it>");
        }
        catch (Exception error)
        {
            context.Logger.LogError(error, "it happened");
        }
    }

    public void Throw()
    {
        throw new InvalidOperationException("boom");
    }
}
