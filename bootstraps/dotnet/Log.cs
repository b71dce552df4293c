using System;
using System.Globalization;
using System.Text;

namespace LambdaBootstrap
{
    /// <summary>
    /// The log: the console as it is, and since dotnet6 with a time, the request's id and a level in front of each line,
    /// or as JSON.
    /// </summary>
    static class Log
    {
        // AWS's names of the levels, as in Amazon.Lambda.Core.LogLevel, and what stands in the log for them.
        static readonly string[] Levels = { "Trace", "Debug", "Information", "Warning", "Error", "Critical" };
        static readonly string[] Labels = { "trce", "dbug", "info", "warn", "fail", "crit" };

        public const string Information = "Information", Error = "Error";

        static readonly string format = Configured("FORMAT");
        static readonly int minimum = Minimum(Configured("LEVEL"));
        static readonly object writing = new object();

        /// <summary>That of the invocation that runs, or ran last; empty during init.</summary>
        public static string RequestId = "";

        /// <summary>A setting. The names with HANDLER are older and only .NET's; they come first.</summary>
        static string Configured(string name)
        {
            var value = Environment.GetEnvironmentVariable("AWS_LAMBDA_HANDLER_LOG_" + name);
            return (string.IsNullOrEmpty(value) ? Environment.GetEnvironmentVariable("AWS_LAMBDA_LOG_" + name) : value) ?? "";
        }

        static int Minimum(string level)
        {
            var index = IndexOf(level);
            return index < 0 ? IndexOf(Information) : index;
        }

        /// <summary>A level's place by any of its names: Lambda's own settings say INFO, WARN and FATAL.</summary>
        static int IndexOf(string level)
        {
            if (level.Length > 3)
            {
                for (var i = 0; i < Levels.Length; i++)
                {
                    if (Levels[i].StartsWith(level, StringComparison.OrdinalIgnoreCase))
                    {
                        return i;
                    }
                }
            }
            return level.Equals("fatal", StringComparison.OrdinalIgnoreCase) ? Levels.Length - 1 : -1;
        }

        /// <summary>Makes what the function writes to the console, or logs in other ways, appear as it is to.</summary>
        public static void Open()
        {
            if (Era.FormatsLogs)
            {
                ConsoleLog.Open();
                StaticLogger.Open();
            }
        }

        /// <summary>Writes a line, of a level that may be null.</summary>
        public static void Line(string level, string message)
        {
            Line(level, null, message, null);
        }

        /// <summary>Writes a line from a template, its arguments and an exception, each of which may be null.</summary>
        public static void Line(string level, Exception error, string template, object[] arguments)
        {
            if (!Era.FormatsLogs)
            {
                Write(1, template + "\n");
                return;
            }
            var index = IndexOf(level ?? Information);
            if (index >= 0 && index < minimum)
            {
                return;
            }
            var message = arguments == null || arguments.Length == 0 ? null : new Template(template, arguments);
            var text = message == null ? template : message.ToString();
            Write(1, (IsJson ? AsJson(level, error, text, message) : AsText(level, index, error, text)) + "\n");
        }

        static bool IsJson
        {
            get { return format.Equals("JSON", StringComparison.OrdinalIgnoreCase); }
        }

        static string Now()
        {
            return DateTime.UtcNow.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
        }

        static string AsText(string level, int index, Exception error, string message)
        {
            if (error != null)
            {
                message = string.IsNullOrEmpty(message) ? error.ToString() : message + "\n" + error;
            }
            if (format.Equals("Unformatted", StringComparison.OrdinalIgnoreCase))
            {
                return message;
            }
            var label = level == null ? "" : (index < 0 ? level : Labels[index]) + "\t";
            return Now() + "\t" + RequestId + "\t" + label + message;
        }

        static string AsJson(string level, Exception error, string text, Template message)
        {
            var index = IndexOf(level ?? Information);
            var json = new StringBuilder("{\"timestamp\":\"").Append(Now()).Append("\",\"level\":");
            Json.String(json, index < 0 ? Information : Levels[index]);
            Member(json, "requestId", RequestId);
            Member(json, "traceId", Environment.GetEnvironmentVariable("_X_AMZN_TRACE_ID"));
            json.Append(",\"message\":");
            Json.Value(json, text);
            if (message != null)
            {
                message.AppendMembers(json);
            }
            if (error != null)
            {
                Member(json, "errorType", error.GetType().FullName);
                Member(json, "errorMessage", error.Message);
                json.Append(",\"stackTrace\":");
                Json.Value(json, Array.ConvertAll(error.ToString().Split('\n'), line => line.Trim()));
            }
            return json.Append('}').ToString();
        }

        static void Member(StringBuilder json, string name, string value)
        {
            if (!string.IsNullOrEmpty(value))
            {
                json.Append(",\"").Append(name).Append("\":");
                Json.String(json, value);
            }
        }

        /// <summary>Writes text as it is, at once, so that a process that is killed loses nothing.</summary>
        public static void Write(int fd, string text)
        {
            var bytes = Encoding.UTF8.GetBytes(text ?? "");
            lock (writing)
            {
                Libc.WriteAll(fd, bytes, bytes.Length);
            }
        }
    }
}
