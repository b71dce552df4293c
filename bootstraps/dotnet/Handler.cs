using System;
using System.IO;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Threading.Tasks;
using Amazon.Lambda.RuntimeSupport.ExceptionHandling;

namespace LambdaBootstrap
{
    /// <summary>A function's method, and how its event and result are read and written.</summary>
    sealed class Handler
    {
        readonly object serializer;
        readonly bool takesContext;
        readonly Func<Stream, object> read; // null: the method takes no event
        readonly Func<object, object, object> call;
        readonly Func<object, object> settle; // waits for a task; null: the method returns something else
        readonly Action<object, Stream> write; // null: the method has no result

        /// <summary>A handler of a method in one of AWS's signatures; `serializer` may be null.</summary>
        public Handler(MethodInfo method, object target, object serializer)
        {
            this.serializer = serializer;
            var parameters = Array.ConvertAll(method.GetParameters(), parameter => parameter.ParameterType);
            var count = parameters.Length;
            takesContext = count > 0 && parameters[count - 1].FullName == "Amazon.Lambda.Core.ILambdaContext";
            Validate(method, count);
            if (count > (takesContext ? 1 : 0))
            {
                read = Reader(method, parameters[0]);
            }
            call = Caller(method, target, parameters);
            var result = method.ReturnType;
            var task = TaskOf(result);
            if (task != null)
            {
                result = task.GetGenericArguments()[0];
                settle = Typed.Make<Func<object, object>>("Result", new[] { result });
            }
            else if (typeof(Task).IsAssignableFrom(result))
            {
                result = typeof(void);
                settle = Wait;
            }
            if (result != typeof(void))
            {
                write = Writer(method, result);
            }
        }

        /// <summary>Handles one event; returns what it results in, which is empty for a method without a result.</summary>
        public ArraySegment<byte> Run(Invocation invocation)
        {
            var context = takesContext ? NewContext(invocation, serializer) : null;
            var result = read == null
                ? call(context, null)
                : call(read(new MemoryStream(invocation.Event, writable: false)), context);
            if (settle != null)
            {
                result = settle(result);
            }
            var output = new MemoryStream();
            if (write != null)
            {
                write(result, output);
            }
            ArraySegment<byte> bytes;
            output.TryGetBuffer(out bytes); // of a stream that the serializer has closed, too
            return bytes;
        }

        /// <summary>
        /// A method of its own because the runtime loads Amazon.Lambda.Core to compile it, and a function need not bring
        /// that along.
        /// </summary>
        [MethodImpl(MethodImplOptions.NoInlining)]
        static object NewContext(Invocation invocation, object serializer)
        {
            return new Context(invocation, serializer);
        }

        void Validate(MethodInfo method, int parameters)
        {
            var problem = parameters > 2 ? "the method has more than 2 parameters."
                : parameters == 2 && !takesContext ? "the method has 2 parameters, but the second parameter is not of type "
                    + "'Amazon.Lambda.Core.ILambdaContext'."
                : null;
            if (problem != null)
            {
                throw new LambdaValidationException(
                    $"Method '{method.Name}' of type '{method.DeclaringType.FullName}' is not supported: {problem}");
            }
        }

        Func<Stream, object> Reader(MethodInfo method, Type type)
        {
            if (type == typeof(Stream))
            {
                return stream => stream;
            }
            DemandSerializer("deserialize input", method, type);
            return Typed.Make<Func<Stream, object>>("Reader", new[] { type }, serializer);
        }

        Action<object, Stream> Writer(MethodInfo method, Type type)
        {
            if (typeof(Stream).IsAssignableFrom(type))
            {
                return (result, output) => ((Stream)result).CopyTo(output);
            }
            DemandSerializer("serialize output", method, type);
            return Typed.Make<Action<object, Stream>>("Writer", new[] { type }, serializer);
        }

        void DemandSerializer(string purpose, MethodInfo method, Type type)
        {
            if (serializer == null)
            {
                throw new LambdaValidationException(
                    $"Could not find the LambdaSerializerAttribute on the assembly '{method.DeclaringType.Assembly.GetName()}' or "
                    + $"method '{method.Name}' while attempting to {purpose} data of type '{type.FullName}'. To use types other than "
                    + "System.IO.Stream as input/output parameters, the assembly or Lambda function should be annotated with "
                    + "Amazon.Lambda.Core.LambdaSerializerAttribute.");
            }
        }

        static Func<object, object, object> Caller(MethodInfo method, object target, Type[] types)
        {
            var count = types.Length;
            if (method.ReturnType != typeof(void))
            {
                Array.Resize(ref types, count + 1);
                types[count] = method.ReturnType;
                return Typed.Make<Func<object, object, object>>("Function" + count, types, method, target);
            }
            return count == 0
                ? Typed.Action0(method, target)
                : Typed.Make<Func<object, object, object>>("Action" + count, types, method, target);
        }

        /// <summary>The Task&lt;T&gt; that a type is or extends, else null.</summary>
        static Type TaskOf(Type type)
        {
            while (type != null && !(type.IsConstructedGenericType && type.GetGenericTypeDefinition() == typeof(Task<>)))
            {
                type = type.BaseType;
            }
            return type;
        }

        static object Wait(object task)
        {
            if (Era.Aggregates)
            {
                ((Task)task).Wait();
            }
            ((Task)task).GetAwaiter().GetResult();
            return null;
        }
    }
}
