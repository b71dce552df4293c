using System;
using System.Collections.Generic;
using System.IO;
using System.Text;
using System.Threading.Tasks;
using Amazon.Lambda.Core;
using Amazon.Lambda.Serialization.Json;

[assembly: LambdaSerializer(typeof(JsonSerializer))]

namespace Shapes
{
    /// <summary>Methods in the signatures that Lambda accepts.</summary>
    public class Function
    {
        static int calls;

        public int Count() { return ++calls; }
        public void Nothing() { Console.WriteLine("did nothing"); }
        public void Take(string text) { Console.WriteLine("took " + text); }
        public string Echo(string text) { return text; }
        public int Double(int number) { return 2 * number; }
        public string Known(ILambdaContext context) { return context == null ? "no context" : "context"; }
        public List<string> Sorted(List<string> texts) { texts.Sort(); return texts; }
        public string[] Both(string[] texts, ILambdaContext context) { Array.Reverse(texts); return texts; }
        public static string Static(string text) { return "static " + text; }
        string Private(string text) { return "private " + text; }

        public async Task<string> Later(string text)
        {
            await Task.Delay(20);
            return "later " + text;
        }

        public async Task LaterNothing()
        {
            await Task.Delay(20);
            Console.WriteLine("nothing, later");
        }

        public Stream Raw(Stream input)
        {
            var reader = new StreamReader(input);
            return new MemoryStream(Encoding.UTF8.GetBytes(reader.ReadToEnd() + "\n\u00e9"));
        }

        public async Task<Stream> RawLater(Stream input, ILambdaContext context)
        {
            await Task.Delay(20);
            return input;
        }

        [LambdaSerializer(typeof(Shout))]
        public string OwnSerializer(string text) { return text; }

        public Stream Large(int size)
        {
            return new MemoryStream(Encoding.ASCII.GetBytes('"' + new string('x', size) + '"'));
        }

        // Refused.
        public string Overloaded(string text) { return text; }
        public string Overloaded(int number) { return "number " + number; }
        public T Generic<T>(T value) { return value; }
        public string Three(string a, string b, ILambdaContext context) { return a; }
        public string TwoEvents(string a, string b) { return a; }
        public void Params(params string[] texts) { }
        public async void Forgotten() { await Task.Delay(1); }

        public class Inner
        {
            public string Echo(string text) { return "inner " + text; }
        }
    }

    public class Derived : Function { }

    public abstract class Abstract
    {
        public string Echo(string text) { return text; }
    }

    public class Open<T>
    {
        public string Echo(string text) { return text; }
    }

    public struct Value
    {
        public string Echo(string text) { return "value " + text; }
    }

    /// <summary>A serializer that closes its stream, which it is not to.</summary>
    public class Shout : ILambdaSerializer
    {
        public T Deserialize<T>(Stream requestStream)
        {
            return (T)(object)new StreamReader(requestStream).ReadToEnd().ToUpperInvariant();
        }

        public void Serialize<T>(T response, Stream responseStream)
        {
            using (var writer = new StreamWriter(responseStream))
            {
                writer.Write(response);
            }
        }
    }
}
