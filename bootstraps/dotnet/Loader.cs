using System;
using System.Collections.Generic;
using System.IO;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;
using Amazon.Lambda.Core;
using Amazon.Lambda.RuntimeSupport.ExceptionHandling;

namespace LambdaBootstrap
{
    /// <summary>From the handler's name, ASSEMBLY::TYPE::METHOD, to the handler, by AWS's rules and in its words.</summary>
    static class Loader
    {
        public static Handler Load(string name)
        {
            var parts = Split(name);
            return Load(new AssemblyName(parts[0]), parts[1], parts[2]);
        }

        static Handler Load(AssemblyName assemblyName, string typeName, string methodName)
        {
            var assembly = LoadAssembly(assemblyName);
            var type = assembly.GetType(typeName);
            if (type == null)
            {
                ExplainFramework(assembly);
                throw new LambdaValidationException($"Unable to load type '{typeName}' from assembly '{assemblyName}'.");
            }
            var method = FindMethod(type, methodName, assemblyName);
            Validate(method);
            Validate(type, method);
            object target = null;
            if (method.IsStatic)
            {
                RuntimeHelpers.RunClassConstructor(type.TypeHandle); // a part of init, as constructors are
            }
            else
            {
                target = Activator.CreateInstance(type);
            }
            return new Handler(method, target, Serializer(method));
        }

        static string[] Split(string handler)
        {
            const string format = "The valid format is 'ASSEMBLY::TYPE::METHOD'.";
            var parts = (handler ?? "").Split(new[] { "::" }, 3, StringSplitOptions.None);
            if (parts.Length != 3)
            {
                throw new LambdaValidationException($"Invalid lambda function handler: '{handler}'. {format}");
            }
            for (var i = 0; i < 3; i++)
            {
                parts[i] = parts[i].Trim();
                if (parts[i] == "")
                {
                    var missing = i == 0 ? "assembly" : i == 1 ? "type" : "method";
                    throw new LambdaValidationException(
                        $"Invalid lambda function handler: '{handler}', the {missing} is missing. {format}");
                }
            }
            return parts;
        }

        /// <summary>
        /// Finds assemblies in the function's directory if it has no .deps.json, of which the runtime would know them.
        /// AWS does not start such a function; here it may be the result of a build that was not published yet.
        /// </summary>
        public static void FindDependencies()
        {
            var root = Environment.GetEnvironmentVariable("LAMBDA_TASK_ROOT") ?? "";
            var known = AppContext.GetData("APP_CONTEXT_DEPS_FILES") as string ?? "";
            if (known.StartsWith(root + "/", StringComparison.Ordinal) || known.Contains(";" + root + "/"))
            {
                return;
            }
            AssemblyLoadContext.Default.Resolving += (context, name) =>
            {
                var path = Path.Combine(root, name.Name + ".dll");
                return File.Exists(path) ? context.LoadFromAssemblyPath(path) : null;
            };
        }

        static Assembly LoadAssembly(AssemblyName name)
        {
            try
            {
                return Assembly.Load(name);
            }
            catch (FileNotFoundException error)
            {
                throw new LambdaValidationException(
                    $"Could not find the specified handler assembly with the file name '{error.FileName}'. "
                    + "The assembly should be located in the root of your uploaded .zip file.");
            }
            catch (Exception)
            {
                throw new LambdaValidationException($"Unable to load assembly '{name}'.");
            }
        }

        /// <summary>
        /// The method by its name or, because a name may have overloads, by what MethodInfo.ToString() says; of the type
        /// or of one that it extends. It need not be public.
        /// </summary>
        static MethodInfo FindMethod(Type type, string name, AssemblyName assembly)
        {
            const BindingFlags declared = BindingFlags.DeclaredOnly | BindingFlags.Public | BindingFlags.NonPublic
                | BindingFlags.Instance | BindingFlags.Static;
            var signature = name.IndexOf(' ') >= 0;
            for (var t = type; t != null; t = t.BaseType)
            {
                var found = new List<MethodInfo>();
                foreach (var method in t.GetMethods(declared))
                {
                    if ((signature ? method.ToString() : method.Name) == name)
                    {
                        found.Add(method);
                    }
                }
                if (found.Count > 1)
                {
                    throw new LambdaValidationException(
                        $"The method '{name}' in type '{t.FullName}' appears to have a number of overloads. To call this method "
                        + $"please specify a complete method signature. Possible candidates are:\n{string.Join("\n", found)}.");
                }
                if (found.Count == 1)
                {
                    return found[0];
                }
            }
            throw new LambdaValidationException(
                $"Unable to find method '{name}' in type '{type.FullName}' from assembly '{assembly}': "
                + $"Found no methods matching method name '{name}'.");
        }

        static void Validate(MethodInfo method)
        {
            var parameters = method.GetParameters();
            var last = parameters.Length == 0 ? null : parameters[parameters.Length - 1];
            if (method.IsAbstract)
            {
                Refuse(method, "it is an abstract method. Handler methods cannot be abstract. "
                    + "Please specify a non-abstract handler method.");
            }
            if (method.IsGenericMethod)
            {
                Refuse(method, "it is a generic method. Handler methods cannot be generic. "
                    + "Please specify a non-generic handler method.");
            }
            if (method.ReturnType == typeof(void) && method.IsDefined(typeof(AsyncStateMachineAttribute), false))
            {
                Refuse(method, "it is an 'async void' method. Handler methods cannot be 'async void'. "
                    + "Please specify a method that is not 'async void'.");
            }
            if (last != null && last.IsDefined(typeof(ParamArrayAttribute), false))
            {
                Refuse(method, "it is a 'params' method. Please specify a method that does not use 'params'.");
            }
            if ((method.CallingConvention & CallingConventions.VarArgs) == CallingConventions.VarArgs)
            {
                Refuse(method, "it is a 'vararg (variable arguments)' method. Please specify a method that is not 'vararg'.");
            }
        }

        static void Refuse(MethodInfo method, string reason)
        {
            throw new LambdaValidationException($"The method '{method}' cannot be used as a Lambda Handler because {reason}");
        }

        static void Validate(Type type, MethodInfo method)
        {
            if (type.IsGenericType)
            {
                throw new LambdaValidationException(
                    $"The type '{type.FullName}' cannot be used as a Lambda Handler type because it is generic. Handler methods "
                    + "cannot be located in generic types. Please specify a handler method in a non-generic type.");
            }
            if (type.IsAbstract && !method.IsStatic)
            {
                throw new LambdaValidationException(
                    $"The instance method '{method}' cannot be used as a Lambda Handler because its type '{type.FullName}' is "
                    + "abstract. Please either use a static handler or specify a type that is not abstract.");
            }
        }

        /// <summary>An instance of what the method's attribute names, else of what the assembly's does, else null.</summary>
        static object Serializer(MethodInfo method)
        {
            try
            {
                return AttributedSerializer(method);
            }
            catch (FileNotFoundException error) when (error.FileName.StartsWith("Amazon.Lambda.Core,", StringComparison.Ordinal))
            {
                return null; // a function of streams needs neither the package nor the attribute
            }
        }

        [MethodImpl(MethodImplOptions.NoInlining)] // loads Amazon.Lambda.Core
        static object AttributedSerializer(MethodInfo method)
        {
            var attribute = method.GetCustomAttribute<LambdaSerializerAttribute>()
                ?? method.Module.Assembly.GetCustomAttribute<LambdaSerializerAttribute>();
            if (attribute == null)
            {
                return null;
            }
            var type = attribute.SerializerType;
            if (type == null)
            {
                throw new LambdaValidationException(
                    $"The 'SerializerType' property on attribute class '{attribute.GetType().FullName}' is not set.");
            }
            if (type.GetConstructor(Type.EmptyTypes) == null)
            {
                throw new LambdaValidationException(
                    $"The indicated serializer '{type.FullName}' does not define a public zero-parameter constructor.");
            }
            if (!typeof(ILambdaSerializer).IsAssignableFrom(type))
            {
                throw new LambdaValidationException(
                    $"The '{type.FullName}' class is invalid: it does not implement the 'ILambdaSerializer' interface.");
            }
            return Activator.CreateInstance(type);
        }

        /// <summary>Adds to the log why types of an assembly may not load.</summary>
        static void ExplainFramework(Assembly assembly)
        {
            var present = Assembly.Load(new AssemblyName("System.Runtime")).GetName().Version;
            foreach (var wanted in assembly.GetReferencedAssemblies())
            {
                if (wanted.Name == "System.Runtime" && wanted.Version > present)
                {
                    Log.Write(2, $"sam: {assembly.GetName().Name} was built for a newer .NET than the one that runs it, "
                        + $"{Program.Version()}. Install the runtime that it was built for, or build it for this one.\n");
                }
            }
        }
    }
}
