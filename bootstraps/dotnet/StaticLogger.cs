using System;
using System.Reflection;

namespace LambdaBootstrap
{
    /// <summary>
    /// Directs Amazon.Lambda.Core.LambdaLogger to the log, the way in which its authors leave that to the runtime: by
    /// private fields. Before dotnet6 what it does by itself, writing to the console, is right.
    /// </summary>
    static class StaticLogger
    {
        public static void Open()
        {
            var logger = Type.GetType("Amazon.Lambda.Core.LambdaLogger, Amazon.Lambda.Core", throwOnError: false);
            if (logger == null)
            {
                return;
            }
            Set(logger, "_loggingAction", new Action<string>(message => Log.Line(null, message)));
            Set(logger, "_loggingWithLevelAction", new Action<string, string, object[]>(
                (level, template, arguments) => Log.Line(level, null, template, arguments)));
            Set(logger, "_loggingWithLevelAndExceptionAction", new Action<string, Exception, string, object[]>(Log.Line));
        }

        /// <summary>Sets a field that versions of the package may lack.</summary>
        static void Set(Type logger, string name, Delegate action)
        {
            var field = logger.GetField(name, BindingFlags.NonPublic | BindingFlags.Static);
            if (field != null)
            {
                field.SetValue(null, action);
            }
        }
    }
}
