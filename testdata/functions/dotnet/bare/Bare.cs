using System.IO;

/// <summary>A function without Amazon.Lambda.Core, of streams and of nothing else.</summary>
public class Bare
{
    public static Stream Echo(Stream input)
    {
        return input;
    }

    public static string Typed(string text)
    {
        return text;
    }
}
