using System;
using System.Text;

namespace LambdaBootstrap
{
    /// <summary>
    /// The Runtime API, over one connection with an HTTP framing of our own: HttpClient takes longer to load than the
    /// runtime to start.
    /// </summary>
    sealed class RuntimeApi
    {
        const int Small = 65536; // up to this size a message is sent in one piece

        readonly string address;
        readonly int socket;
        readonly byte[] nextRequest;
        byte[] received = new byte[Small];
        int start, end; // what of `received` has not been looked at
        readonly byte[] sent = new byte[Small];
        string posted; // the path of what the server has yet to confirm

        public RuntimeApi(string address)
        {
            this.address = address;
            nextRequest = Head("GET", "invocation/next", "");
            socket = Connect(address);
        }

        static unsafe int Connect(string address)
        {
            var parts = (address ?? "").Split('.', ':');
            if (parts.Length != 5)
            {
                throw new FormatException("that is not a.b.c.d:port");
            }
            var port = Number(parts[4]);
            // struct sockaddr_in: the family in the host's order of bytes, port and address in the network's.
            var target = new byte[16];
            target[BitConverter.IsLittleEndian ? 0 : 1] = Libc.InterNetwork;
            target[2] = (byte)(port >> 8);
            target[3] = (byte)port;
            for (var i = 0; i < 4; i++)
            {
                target[4 + i] = (byte)Number(parts[i]);
            }
            var fd = Libc.socket(Libc.InterNetwork, Libc.Stream | Libc.CloseOnExec, 0);
            fixed (byte* pointer = target)
            {
                if (Libc.connect(fd, pointer, target.Length) != 0)
                {
                    throw new InvalidOperationException("nothing listens there");
                }
            }
            var on = 1;
            Libc.setsockopt(fd, Libc.Tcp, Libc.NoDelay, &on, sizeof(int));
            return fd;
        }

        /// <summary>Asks for the first invocation.</summary>
        public void Ask()
        {
            Send(nextRequest, nextRequest.Length);
        }

        /// <summary>The invocation that was asked for, once there is one.</summary>
        public Invocation Next()
        {
            if (posted != null)
            {
                Confirm();
            }
            byte[] body;
            var head = Receive(out body);
            if (Status(head) != "200")
            {
                Fail("invocation/next", head, body);
            }
            return new Invocation(head, body);
        }

        /// <summary>
        /// Posts the result of an invocation and asks for the next one, in one go: the server answers in order.
        /// </summary>
        public void Answer(string path, ArraySegment<byte> body)
        {
            Post(path, "", body, nextRequest);
        }

        /// <summary>Posts why there is no handler, and returns when the server knows.</summary>
        public void Refuse(string errorType, byte[] error)
        {
            var field = "Lambda-Runtime-Function-Error-Type: " + errorType + "\r\n";
            Post("init/error", field, new ArraySegment<byte>(error), new byte[0]);
            Confirm();
        }

        void Post(string path, string fields, ArraySegment<byte> body, byte[] following)
        {
            posted = path;
            fields += "Content-Type: application/json\r\nContent-Length: " + body.Count + "\r\n";
            var head = Head("POST", path, fields);
            if (head.Length + body.Count + following.Length <= Small)
            {
                Buffer.BlockCopy(head, 0, sent, 0, head.Length);
                Buffer.BlockCopy(body.Array, body.Offset, sent, head.Length, body.Count);
                Buffer.BlockCopy(following, 0, sent, head.Length + body.Count, following.Length);
                Send(sent, head.Length + body.Count + following.Length);
                return;
            }
            Send(head, head.Length);
            Send(body.Array, body.Count); // a segment of a MemoryStream, or of an array: it starts at 0
            Send(following, following.Length);
        }

        /// <summary>Waits until the server has confirmed the post.</summary>
        void Confirm()
        {
            byte[] body;
            var head = Receive(out body);
            var status = Status(head);
            if (status != "202" && status != "413") // too large: the server has told the caller
            {
                Fail(posted, head, body);
            }
            posted = null;
        }

        void Fail(string path, string head, byte[] body)
        {
            var answer = Status(head) + " to " + path + ", which is a bug in sam: " + Encoding.UTF8.GetString(body).Trim();
            Program.GiveUp("the Lambda Runtime API at " + address + " answered " + answer);
        }

        byte[] Head(string method, string path, string fields)
        {
            var line = method + " /2018-06-01/runtime/" + path + " HTTP/1.1\r\nHost: " + address + "\r\n";
            return Encoding.ASCII.GetBytes(line + fields + "\r\n");
        }

        void Send(byte[] bytes, int count)
        {
            if (!Libc.WriteAll(socket, bytes, count))
            {
                Environment.Exit(0); // the server is gone, and this execution environment with it
            }
        }

        static string Status(string head)
        {
            return head.Substring(head.IndexOf(' ') + 1, 3);
        }

        /// <summary>The head and the body of the next reply.</summary>
        string Receive(out byte[] body)
        {
            int length;
            while ((length = HeadLength()) < 0)
            {
                if (start > 0)
                {
                    Buffer.BlockCopy(received, start, received, 0, end -= start);
                    start = 0;
                }
                if (end == received.Length)
                {
                    Array.Resize(ref received, 2 * end);
                }
                end += Fill(received, end);
            }
            var head = Encoding.UTF8.GetString(received, start, length);
            start += length + 4;
            body = new byte[Number(Header(head, "Content-Length") ?? "0")];
            var count = Math.Min(body.Length, end - start);
            Buffer.BlockCopy(received, start, body, 0, count);
            start += count;
            while (count < body.Length)
            {
                count += Fill(body, count);
            }
            return head;
        }

        /// <summary>How many bytes come before the empty line; -1 as long as it has not been received.</summary>
        int HeadLength()
        {
            for (var i = start; i + 3 < end; i++)
            {
                if (received[i] == '\r' && received[i + 1] == '\n' && received[i + 2] == '\r' && received[i + 3] == '\n')
                {
                    return i - start;
                }
            }
            return -1;
        }

        unsafe int Fill(byte[] buffer, int offset)
        {
            fixed (byte* pointer = buffer)
            {
                var count = (int)Libc.read(socket, pointer + offset, buffer.Length - offset);
                if (count <= 0)
                {
                    Environment.Exit(0); // closed: nobody wants this execution environment any more
                }
                return count;
            }
        }

        /// <summary>The number that digits stand for. Parse() would load the libraries of all cultures first.</summary>
        public static long Number(string digits)
        {
            long number = 0;
            foreach (var digit in digits)
            {
                if (digit < '0' || digit > '9')
                {
                    throw new FormatException("\"" + digits + "\" is not a number");
                }
                number = number * 10 + digit - '0';
            }
            return number;
        }

        /// <summary>A header's value, null if it is not there.</summary>
        public static string Header(string head, string name)
        {
            for (var line = head.IndexOf('\n') + 1; line > 0; line = head.IndexOf('\n', line) + 1)
            {
                var colon = line + name.Length;
                if (colon < head.Length && head[colon] == ':' && IsName(head, line, name))
                {
                    var end = head.IndexOf('\n', colon);
                    return head.Substring(colon + 1, (end < 0 ? head.Length : end) - colon - 1).Trim();
                }
            }
            return null;
        }

        /// <summary>
        /// Whether a name of letters and dashes is there, in whichever case. What string has for that loads those
        /// libraries, too, and with a newer one than .NET Core 2.0 knows it is wrong there.
        /// </summary>
        static bool IsName(string head, int at, string name)
        {
            for (var i = 0; i < name.Length; i++)
            {
                if ((head[at + i] | 0x20) != (name[i] | 0x20))
                {
                    return false;
                }
            }
            return true;
        }
    }

    /// <summary>An event, and what its headers say about it.</summary>
    sealed class Invocation
    {
        readonly string head;

        public readonly byte[] Event;
        public readonly string RequestId;

        public Invocation(string head, byte[] body)
        {
            this.head = head;
            Event = body;
            RequestId = Header("Aws-Request-Id") ?? "";
        }

        /// <summary>The value of Lambda-Runtime-NAME, null if it is not there.</summary>
        public string Header(string name)
        {
            return RuntimeApi.Header(head, "Lambda-Runtime-" + name);
        }
    }
}
