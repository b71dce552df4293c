using System;
using System.Runtime.InteropServices;
using System.Threading;

public class Exits
{
    [DllImport("libc")]
    static extern int kill(int pid, int signal);

    [DllImport("libc")]
    static extern int getpid();

    public void Leave() { Console.Write("no newline"); Environment.Exit(3); }
    public void LeaveQuietly() { Environment.Exit(0); }
    public void Sleep() { Console.WriteLine("still here"); Thread.Sleep(60000); }
    public void Killed() { Console.WriteLine("before"); kill(getpid(), 9); Thread.Sleep(60000); }
    public void StackOverflow() { Console.WriteLine("before"); Recurse(1); }
    public void FailFast() { Environment.FailFast("cannot go on"); }

    public void Thrown()
    {
        var thread = new Thread(() => throw new InvalidOperationException("on another thread"));
        thread.Start();
        Thread.Sleep(60000);
    }

    static int Recurse(int depth) { return Recurse(depth + 1) + depth; }
}
