using System;
using System.IO;

namespace HelloWorld.Tests
{
    /// <summary>A test without a framework, which would have to be downloaded.</summary>
    public static class Program
    {
        public static int Main()
        {
            var request = new MemoryStream();
            var response = new StreamReader(new Function().FunctionHandler(request)).ReadToEnd();
            if (!response.Contains("\"statusCode\":200") || !response.Contains("hello world"))
            {
                Console.Error.WriteLine("unexpected response: " + response);
                return 1;
            }
            Console.WriteLine("ok");
            return 0;
        }
    }
}
