using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Threading;

namespace LambdaBootstrap
{
    /// <summary>
    /// Runs the handler of a .NET function in one execution environment of `sam`: init, then one invocation after the
    /// other.
    ///
    /// One assembly for .NET Core 2.0 and everything later. Its code is compiled when it runs, which is what users
    /// wait for: it is small, and asks little of the class library. What few functions need is in classes of its own.
    /// </summary>
    static class Program
    {
        static void Main(string[] arguments)
        {
            if (arguments.Length == 1 && arguments[0] == "--version")
            {
                PrintVersion();
                return;
            }
            WaitForDebugger();
            var address = Environment.GetEnvironmentVariable("AWS_LAMBDA_RUNTIME_API");
            RuntimeApi api = null;
            try
            {
                api = new RuntimeApi(address);
            }
            catch (Exception error)
            {
                GiveUp("cannot reach the Lambda Runtime API: " + error.Message + " (AWS_LAMBDA_RUNTIME_API=" + address
                    + "; leave that variable to sam)");
            }
            var handler = Load(api);
            api.Ask();
            while (true)
            {
                Serve(api, handler);
            }
        }

        static Handler Load(RuntimeApi api)
        {
            try
            {
                Loader.FindDependencies();
                Log.Open();
                return Loader.Load(Environment.GetEnvironmentVariable("_HANDLER"));
            }
            catch (Exception error)
            {
                api.Refuse(Errors.TypeName(error), Errors.Report(error));
                Environment.Exit(1);
                throw; // not reached
            }
        }

        static void Serve(RuntimeApi api, Handler handler)
        {
            var invocation = api.Next();
            Log.RequestId = invocation.RequestId;
            Environment.SetEnvironmentVariable("_X_AMZN_TRACE_ID", invocation.Header("Trace-Id"));
            var path = "invocation/" + invocation.RequestId;
            ArraySegment<byte> result;
            try
            {
                result = handler.Run(invocation);
                path += "/response";
            }
            catch (Exception error)
            {
                result = new ArraySegment<byte>(Errors.Report(error));
                path += "/error";
            }
            api.Answer(path, result);
        }

        /// <summary>Ends the process because of what is no fault of the function's.</summary>
        public static void GiveUp(string reason)
        {
            Log.Write(2, "sam: " + reason + "\n");
            Environment.Exit(1);
        }

        /// <summary>
        /// Prints the version of the runtime. Whoever gets an answer knows as well that the runtime has found, or does
        /// without, the ICU libraries: it looks for them when it is asked for a culture.
        /// </summary>
        static void PrintVersion()
        {
            GC.KeepAlive(CultureInfo.CurrentCulture);
            Log.Write(1, Version() + "\n");
        }

        /// <summary>The runtime's version, which before 3.0 only its directory tells.</summary>
        public static string Version()
        {
            return Path.GetFileName(Path.GetDirectoryName(typeof(object).Assembly.Location));
        }

        /// <summary>Waits for as long as it takes, where AWS's variable for that is set.</summary>
        public static void WaitForDebugger()
        {
            if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable("_AWS_LAMBDA_DOTNET_DEBUGGING")))
            {
                return;
            }
            Log.Write(2, "Waiting for the debugger to attach to process " + Libc.getpid() + "...\n");
            while (!Debugger.IsAttached)
            {
                Thread.Sleep(50);
            }
        }
    }
}
