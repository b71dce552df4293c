using System;

/// <summary>
/// Has functions that are programs themselves wait for a debugger, before their own code. The name, and that of the
/// method, are .NET's, which knows them from 3.0 on.
/// </summary>
static class StartupHook
{
    public static void Initialize()
    {
        Environment.SetEnvironmentVariable("DOTNET_STARTUP_HOOKS", null); // what the function starts does not wait
        LambdaBootstrap.Program.WaitForDebugger();
    }
}
