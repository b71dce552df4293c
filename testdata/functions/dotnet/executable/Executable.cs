using System;
using System.Net.Http;
using System.Text;

/// <summary>A program that speaks the Runtime API itself, as those with Amazon.Lambda.RuntimeSupport do.</summary>
static class Executable
{
    static void Main()
    {
        var client = new HttpClient();
        var api = "http://" + Environment.GetEnvironmentVariable("AWS_LAMBDA_RUNTIME_API") + "/2018-06-01/runtime/invocation/";
        while (true)
        {
            var next = client.GetAsync(api + "next").GetAwaiter().GetResult();
            var request = string.Join("", next.Headers.GetValues("Lambda-Runtime-Aws-Request-Id"));
            var text = next.Content.ReadAsStringAsync().GetAwaiter().GetResult();
            Console.WriteLine("got " + text);
            var result = new StringContent("[" + text + "]", Encoding.UTF8, "application/json");
            client.PostAsync(api + request + "/response", result).GetAwaiter().GetResult();
        }
    }
}
