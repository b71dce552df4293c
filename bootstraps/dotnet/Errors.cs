using System;
using System.Collections.Generic;
using System.Text;

namespace Amazon.Lambda.RuntimeSupport.ExceptionHandling
{
    /// <summary>What the bootstrap itself finds wrong with a handler. Logs show its full name, which is AWS's.</summary>
    sealed class LambdaValidationException : Exception
    {
        public LambdaValidationException(string message) : base(message) { }
    }
}

namespace LambdaBootstrap
{
    using Amazon.Lambda.RuntimeSupport.ExceptionHandling;

    /// <summary>Errors in AWS's words: the line in the log, and the JSON that the caller gets.</summary>
    static class Errors
    {
        const int Limit = 256 * 1024;

        /// <summary>Logs an error; returns its JSON.</summary>
        public static byte[] Report(Exception error)
        {
            if (Era.FormatsLogs)
            {
                Log.Line(Log.Error, Text(error));
            }
            else
            {
                Log.Write(2, (Era.Native ? NativeText(error) : Text(error)) + "\n");
            }
            var json = Encoding.UTF8.GetBytes(AsJson(error, "") + "\n");
            return json.Length <= Limit
                ? json
                : Encoding.UTF8.GetBytes("{\"errorMessage\": \"Exception exceeded maximum payload size of 256KB.\"}\n");
        }

        static string Text(Exception error)
        {
            return string.Join("\n", UserLines(error.ToString()));
        }

        /// <summary>The same as it was until dotnetcore3.1: each exception's message, type and frames.</summary>
        static string NativeText(Exception error)
        {
            var text = new StringBuilder();
            for (; error != null; error = error.InnerException)
            {
                text.Append(error.Message).Append(": ").Append(TypeName(error)).Append('\n');
                foreach (var line in UserLines(error.StackTrace))
                {
                    text.Append(line).Append('\n');
                }
                text.Append('\n');
            }
            return text.ToString().TrimEnd('\n');
        }

        /// <summary>Indented by two blanks, as AWS has it, down to where lines of nested exceptions begin.</summary>
        static string AsJson(Exception error, string indent)
        {
            var inner = indent + "  ";
            var members = new List<string>
            {
                inner + "\"errorType\": " + Quote(TypeName(error)),
                inner + "\"errorMessage\": " + Quote(error.Message),
            };
            var frames = new List<string>();
            foreach (var line in UserLines(error.StackTrace))
            {
                frames.Add(inner + "  " + Quote(line));
            }
            if (frames.Count > 0)
            {
                members.Add(inner + "\"stackTrace\": [\n" + string.Join(",\n", frames) + "\n" + inner + "]");
            }
            if (error.InnerException != null)
            {
                members.Add(inner + "\"cause\": " + AsJson(error.InnerException, inner));
            }
            var aggregate = error as AggregateException;
            if (aggregate != null && aggregate.InnerExceptions.Count > 0)
            {
                var causes = new List<string>();
                foreach (var cause in aggregate.InnerExceptions)
                {
                    causes.Add(AsJson(cause, inner + "  "));
                }
                members.Add(inner + "\"causes\": [" + string.Join(",\n", causes) + "\n" + inner + "]");
            }
            return indent + "{\n" + string.Join(",\n", members) + "\n" + indent + "}";
        }

        /// <summary>The name of the type, of our own as it was called in the requested runtime.</summary>
        public static string TypeName(Exception error)
        {
            return error is LambdaValidationException && Era.Native ? "LambdaException" : error.GetType().Name;
        }

        /// <summary>The lines of a stack trace without the bootstrap's own, and without what then ends in nothing.</summary>
        static List<string> UserLines(string trace)
        {
            var lines = new List<string>();
            foreach (var line in (trace ?? "").Split('\n'))
            {
                if (!line.StartsWith("   at LambdaBootstrap.", StringComparison.Ordinal) && line.Trim() != "")
                {
                    lines.Add(line);
                }
            }
            while (lines.Count > 0 && lines[lines.Count - 1].StartsWith("--- End of stack trace", StringComparison.Ordinal))
            {
                lines.RemoveAt(lines.Count - 1);
            }
            return lines;
        }

        static string Quote(string text)
        {
            var quoted = new StringBuilder("\"");
            foreach (var c in text.Trim())
            {
                var escape = "\b\t\n\f\r\\\"".IndexOf(c);
                if (escape >= 0)
                {
                    quoted.Append('\\').Append("btnfr\\\""[escape]);
                }
                else if (c < ' ' || c == '\u0085' || c == '\u2028' || c == '\u2029')
                {
                    quoted.Append("\\u").Append(((int)c).ToString("X4"));
                }
                else
                {
                    quoted.Append(c);
                }
            }
            return quoted.Append('"').ToString();
        }
    }
}
