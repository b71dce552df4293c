using System;
using System.IO;
using System.Text;

namespace LambdaBootstrap
{
    /// <summary>
    /// Standard output or standard error of a function: what is written as a line becomes a line of the log, all else
    /// stays as it is. That is AWS's rule, whether or not the text of a line ends another one.
    /// </summary>
    sealed class ConsoleLog : TextWriter
    {
        readonly int fd;
        readonly string level;

        ConsoleLog(int fd, string level)
        {
            this.fd = fd;
            this.level = level;
        }

        public static void Open()
        {
            Console.SetOut(new ConsoleLog(1, Log.Information));
            Console.SetError(new ConsoleLog(2, Log.Error));
        }

        public override Encoding Encoding
        {
            get { return Encoding.UTF8; }
        }

        public override void Write(char value)
        {
            Write(value.ToString());
        }

        public override void Write(char[] buffer, int index, int count)
        {
            Write(new string(buffer, index, count));
        }

        public override void Write(string value)
        {
            Log.Write(fd, value);
        }

        public override void WriteLine()
        {
            WriteLine("");
        }

        public override void WriteLine(string value)
        {
            Log.Line(level, value);
        }

        // TextWriter would write each of these and then end the line.
        public override void WriteLine(bool value) { WriteLine(value.ToString()); }
        public override void WriteLine(char value) { WriteLine(value.ToString()); }
        public override void WriteLine(char[] buffer) { WriteLine(new string(buffer)); }
        public override void WriteLine(char[] buffer, int index, int count) { WriteLine(new string(buffer, index, count)); }
        public override void WriteLine(int value) { WriteLine(value.ToString(FormatProvider)); }
        public override void WriteLine(uint value) { WriteLine(value.ToString(FormatProvider)); }
        public override void WriteLine(long value) { WriteLine(value.ToString(FormatProvider)); }
        public override void WriteLine(ulong value) { WriteLine(value.ToString(FormatProvider)); }
        public override void WriteLine(float value) { WriteLine(value.ToString(FormatProvider)); }
        public override void WriteLine(double value) { WriteLine(value.ToString(FormatProvider)); }
        public override void WriteLine(decimal value) { WriteLine(value.ToString(FormatProvider)); }
        public override void WriteLine(object value) { WriteLine(value == null ? "" : value.ToString()); }
        public override void WriteLine(string format, object a) { WriteLine(string.Format(format, a)); }
        public override void WriteLine(string format, object a, object b) { WriteLine(string.Format(format, a, b)); }
        public override void WriteLine(string format, object a, object b, object c) { WriteLine(string.Format(format, a, b, c)); }
        public override void WriteLine(string format, params object[] values) { WriteLine(string.Format(format, values)); }
    }
}
