using System;
using Amazon.Lambda.Core;

namespace LambdaBootstrap
{
    /// <summary>
    /// The handler's second argument. The interface is the one in the function's own Amazon.Lambda.Core, whatever its
    /// version: this assembly was compiled with declarations of the oldest (see reference/), and the runtime matches
    /// members that later versions have added by name and signature.
    /// </summary>
    class Context : ILambdaContext
    {
        static readonly DateTime Epoch = new DateTime(1970, 1, 1, 0, 0, 0, DateTimeKind.Utc);

        readonly Invocation invocation;
        readonly ILambdaSerializer serializer;

        public Context(Invocation invocation, object serializer)
        {
            this.invocation = invocation;
            this.serializer = (ILambdaSerializer)serializer;
        }

        public string AwsRequestId { get { return invocation.RequestId; } }
        public string FunctionName { get { return Environment.GetEnvironmentVariable("AWS_LAMBDA_FUNCTION_NAME"); } }
        public string FunctionVersion { get { return Environment.GetEnvironmentVariable("AWS_LAMBDA_FUNCTION_VERSION"); } }
        public string InvokedFunctionArn { get { return invocation.Header("Invoked-Function-Arn"); } }
        public string LogGroupName { get { return Environment.GetEnvironmentVariable("AWS_LAMBDA_LOG_GROUP_NAME"); } }
        public string LogStreamName { get { return Environment.GetEnvironmentVariable("AWS_LAMBDA_LOG_STREAM_NAME"); } }
        public ILambdaLogger Logger { get { return new Logger(); } }
        public IClientContext ClientContext { get { return Cognito.Read<ClientContext>(invocation.Header("Client-Context")); } }
        public ICognitoIdentity Identity { get { return Cognito.Read<CognitoIdentity>(invocation.Header("Cognito-Identity")); } }

        public int MemoryLimitInMB
        {
            get { return (int)RuntimeApi.Number(Environment.GetEnvironmentVariable("AWS_LAMBDA_FUNCTION_MEMORY_SIZE") ?? "0"); }
        }

        public TimeSpan RemainingTime
        {
            get
            {
                var deadline = RuntimeApi.Number(invocation.Header("Deadline-Ms") ?? "0");
                return TimeSpan.FromMilliseconds(deadline - (DateTime.UtcNow - Epoch).TotalMilliseconds);
            }
        }

        // Members of later versions. They have to be virtual for the runtime to find them.
        public virtual string TraceId { get { return invocation.Header("Trace-Id"); } }
        public virtual string TenantId { get { return invocation.Header("Aws-Tenant-Id"); } }
        public virtual ILambdaSerializer Serializer { get { return serializer; } }
    }
}
