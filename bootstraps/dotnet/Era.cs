using System;

namespace LambdaBootstrap
{
    /// <summary>What the requested runtime, which may not be the one that runs, looks like to users.</summary>
    static class Era
    {
        static readonly int Major = MajorVersion(Environment.GetEnvironmentVariable("AWS_EXECUTION_ENV") ?? "");

        /// <summary>Until dotnetcore3.1 Lambda had a bootstrap that logged errors in a way of its own.</summary>
        public static readonly bool Native = Major < 5;

        /// <summary>
        /// Until dotnetcore2.1 that bootstrap waited for a Task in a way that wraps its exception in an
        /// AggregateException; there is a variable to have it unwrapped.
        /// </summary>
        public static readonly bool Aggregates =
            Major < 3 && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("UNWRAP_AGGREGATE_EXCEPTIONS"));

        /// <summary>Since dotnet6 each line of the console gets a time, the request's id and a level.</summary>
        public static readonly bool FormatsLogs = Major >= 6;

        /// <summary>The 2 of AWS_Lambda_dotnetcore2.1, the 8 of AWS_Lambda_dotnet8; else that of the newest to come.</summary>
        static int MajorVersion(string runtime)
        {
            var major = 0;
            foreach (var c in runtime)
            {
                if (c == '.')
                {
                    break;
                }
                if (c >= '0' && c <= '9')
                {
                    major = major * 10 + c - '0';
                }
            }
            return major == 0 ? int.MaxValue : major;
        }
    }
}
