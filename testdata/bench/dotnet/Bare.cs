// What a developer would write to call a handler once: the yardstick for a cold invoke.
using System;
using System.IO;
using Amazon.Lambda.Core;
using Amazon.Lambda.Serialization.Json;
using Hello;

class Bare : ILambdaContext
{
    static void Main(string[] arguments)
    {
        var serializer = new JsonSerializer();
        Person person;
        using (var file = File.OpenRead(arguments[0])) person = serializer.Deserialize<Person>(file);
        using (var output = Console.OpenStandardOutput()) serializer.Serialize(new Function().Greet(person, new Bare()), output);
    }

    public string AwsRequestId => null;
    public IClientContext ClientContext => null;
    public string FunctionName => "Bare";
    public string FunctionVersion => null;
    public ICognitoIdentity Identity => null;
    public string InvokedFunctionArn => null;
    public ILambdaLogger Logger => null;
    public string LogGroupName => null;
    public string LogStreamName => null;
    public int MemoryLimitInMB => 0;
    public TimeSpan RemainingTime => TimeSpan.Zero;
    public string TraceId => null;
    public string TenantId => null;
    public ILambdaSerializer Serializer => null;
}
