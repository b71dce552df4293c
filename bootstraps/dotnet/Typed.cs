using System;
using System.IO;
using System.Reflection;
using System.Threading.Tasks;
using Amazon.Lambda.Core;

namespace LambdaBootstrap
{
    /// <summary>
    /// Where the types of a function's method become those of generic methods, once, during init. Delegates keep
    /// reflection out of the way of each invocation and out of stack traces.
    /// </summary>
    static class Typed
    {
        /// <summary>What the method of that name makes for the types.</summary>
        public static T Make<T>(string name, Type[] types, params object[] arguments)
        {
            return (T)typeof(Typed).GetMethod(name).MakeGenericMethod(types).Invoke(null, arguments);
        }

        public static Func<Stream, object> Reader<T>(object serializer)
        {
            return input => ((ILambdaSerializer)serializer).Deserialize<T>(input);
        }

        public static Action<object, Stream> Writer<T>(object serializer)
        {
            return (result, output) => ((ILambdaSerializer)serializer).Serialize((T)result, output);
        }

        public static Func<object, object> Result<T>()
        {
            return task => Era.Aggregates ? ((Task<T>)task).Result : ((Task<T>)task).GetAwaiter().GetResult();
        }

        public static Func<object, object, object> Function0<R>(MethodInfo method, object target)
        {
            var call = (Func<R>)method.CreateDelegate(typeof(Func<R>), target);
            return (a, b) => call();
        }

        public static Func<object, object, object> Function1<A, R>(MethodInfo method, object target)
        {
            var call = (Func<A, R>)method.CreateDelegate(typeof(Func<A, R>), target);
            return (a, b) => call((A)a);
        }

        public static Func<object, object, object> Function2<A, B, R>(MethodInfo method, object target)
        {
            var call = (Func<A, B, R>)method.CreateDelegate(typeof(Func<A, B, R>), target);
            return (a, b) => call((A)a, (B)b);
        }

        public static Func<object, object, object> Action0(MethodInfo method, object target)
        {
            var call = (Action)method.CreateDelegate(typeof(Action), target);
            return (a, b) => { call(); return null; };
        }

        public static Func<object, object, object> Action1<A>(MethodInfo method, object target)
        {
            var call = (Action<A>)method.CreateDelegate(typeof(Action<A>), target);
            return (a, b) => { call((A)a); return null; };
        }

        public static Func<object, object, object> Action2<A, B>(MethodInfo method, object target)
        {
            var call = (Action<A, B>)method.CreateDelegate(typeof(Action<A, B>), target);
            return (a, b) => { call((A)a, (B)b); return null; };
        }
    }
}
