// Stands in for the package Amazon.Lambda.Core: the declarations that the bootstrap is compiled with, and here what later
// versions have added, with the real names and signatures. There these members have bodies in the interface, which
// neither this compiler nor .NET Core 2.0 knows; here the ones that are named for levels are extensions.
using System;
using System.Text;

namespace Amazon.Lambda.Core
{
    public partial interface ILambdaContext
    {
        string TraceId { get; }
        string TenantId { get; }
        ILambdaSerializer Serializer { get; }
    }

    public partial interface ILambdaLogger
    {
        void Log(string level, string message);
        void Log(string level, string message, params object[] args);
        void Log(string level, Exception exception, string message, params object[] args);
    }

    public enum LogLevel
    {
        Trace, Debug, Information, Warning, Error, Critical,
    }

    public static class LambdaLoggerExtensions
    {
        public static void LogTrace(this ILambdaLogger logger, string message)
        {
            logger.Log(LogLevel.Trace.ToString(), message);
        }

        public static void LogDebug(this ILambdaLogger logger, string message)
        {
            logger.Log(LogLevel.Debug.ToString(), message);
        }

        public static void LogWarning(this ILambdaLogger logger, string message)
        {
            logger.Log(LogLevel.Warning.ToString(), message);
        }

        public static void LogInformation(this ILambdaLogger logger, string message, params object[] args)
        {
            logger.Log(LogLevel.Information.ToString(), message, args);
        }

        public static void LogError(this ILambdaLogger logger, Exception exception, string message, params object[] args)
        {
            logger.Log(LogLevel.Error.ToString(), exception, message, args);
        }

        public static void LogCritical(this ILambdaLogger logger, string message)
        {
            logger.Log(LogLevel.Critical.ToString(), message);
        }
    }

    public static class LambdaLogger
    {
        // Lambda's runtimes replace these by reflection, and so does the bootstrap.
        static Action<string> _loggingAction = message => Console.WriteLine(message);
        static Action<string, string, object[]> _loggingWithLevelAction = (level, message, args) => Console.WriteLine(message);

        public static void Log(string message)
        {
            _loggingAction(message);
        }

        public static void Log(string level, string message, params object[] args)
        {
            _loggingWithLevelAction(level, message, args);
        }
    }
}
