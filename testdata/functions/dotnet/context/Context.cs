using System;
using System.Globalization;
using Amazon.Lambda.Core;
using Amazon.Lambda.Serialization.Json;

[assembly: LambdaSerializer(typeof(JsonSerializer))]

public class Context
{
    public string[] Invocation(ILambdaContext context)
    {
        return new[] { context.AwsRequestId, context.InvokedFunctionArn };
    }

    public object[] Function(ILambdaContext context)
    {
        return new object[]
        {
            context.FunctionName, context.FunctionVersion, context.LogGroupName, context.LogStreamName, context.MemoryLimitInMB,
        };
    }

    public bool Remaining(int atMost, ILambdaContext context)
    {
        var left = context.RemainingTime.TotalMilliseconds;
        return left > 0 && left <= atMost;
    }

    /// <summary>What nobody sent: there are objects, without values.</summary>
    public bool[] Empty(ILambdaContext context)
    {
        return new[]
        {
            context.ClientContext.Client == null, context.ClientContext.Custom == null, context.ClientContext.Environment == null,
            context.Identity.IdentityId == null, context.Identity.IdentityPoolId == null, context.TenantId == null,
        };
    }

    public bool Serializer(ILambdaContext context)
    {
        return context.Serializer is JsonSerializer;
    }

    public bool TraceId(ILambdaContext context)
    {
        var variable = Environment.GetEnvironmentVariable("_X_AMZN_TRACE_ID");
        return variable.StartsWith("Root=1-") && variable == context.TraceId;
    }

    public string Variable(string name)
    {
        return Environment.GetEnvironmentVariable(name);
    }

    public string[] Arguments()
    {
        var arguments = Environment.GetCommandLineArgs();
        arguments[0] = System.IO.Path.GetFileName(arguments[0]);
        return arguments;
    }

    public bool Directories()
    {
        return Environment.CurrentDirectory == Environment.GetEnvironmentVariable("LAMBDA_TASK_ROOT");
    }

    public string Culture()
    {
        return CultureInfo.CurrentCulture.Name + " " + 1234.5.ToString("N1");
    }
}
