using System.Runtime.InteropServices;

[assembly: DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)] // not beside the assembly first

namespace LambdaBootstrap
{
    /// <summary>
    /// What the bootstrap needs of sockets and streams. The assemblies System.Net.Sockets and System.Console would add
    /// a quarter to the start of a .NET process.
    /// </summary>
    static unsafe class Libc
    {
        public const int InterNetwork = 2, Stream = 1, Tcp = 6, NoDelay = 1, CloseOnExec = 0x80000;

        [DllImport("libc")]
        public static extern int socket(int domain, int type, int protocol);

        [DllImport("libc")]
        public static extern int setsockopt(int socket, int level, int name, int* value, int length);

        [DllImport("libc")]
        public static extern int connect(int socket, byte* address, int length);

        [DllImport("libc")]
        public static extern long read(int fd, byte* buffer, long count);

        [DllImport("libc")]
        public static extern long write(int fd, byte* buffer, long count);

        [DllImport("libc")]
        public static extern int getpid();

        /// <summary>Writes all of the bytes; false if nobody reads them.</summary>
        public static bool WriteAll(int fd, byte[] bytes, int count)
        {
            fixed (byte* start = bytes)
            {
                for (long written = 0; written < count;)
                {
                    var n = write(fd, start + written, count - written);
                    if (n <= 0)
                    {
                        return false;
                    }
                    written += n;
                }
            }
            return true;
        }
    }
}
