using System;
using Amazon.Lambda.Core;

namespace LambdaBootstrap
{
    /// <summary>The context's logger. What Context says of its interface goes for this one.</summary>
    class Logger : ILambdaLogger
    {
        public void Log(string message)
        {
            LambdaBootstrap.Log.Write(1, message);
        }

        public void LogLine(string message)
        {
            Log(LambdaBootstrap.Log.Information, message);
        }

        // Members of later versions, to which those that are named for levels lead.
        public virtual void Log(string level, string message)
        {
            LambdaBootstrap.Log.Line(level, message);
        }

        public virtual void Log(string level, string message, params object[] arguments)
        {
            LambdaBootstrap.Log.Line(level, null, message, arguments);
        }

        public virtual void Log(string level, Exception exception, string message, params object[] arguments)
        {
            LambdaBootstrap.Log.Line(level, exception, message, arguments);
        }
    }
}
