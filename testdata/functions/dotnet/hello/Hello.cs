using System;
using System.Runtime.Serialization;
using Amazon.Lambda.Core;
using Amazon.Lambda.Serialization.Json;

[assembly: LambdaSerializer(typeof(JsonSerializer))]

namespace Hello
{
    [DataContract]
    public class Person
    {
        [DataMember(Name = "name")]
        public string Name { get; set; }
    }

    [DataContract]
    public class Greeting
    {
        [DataMember(Name = "message")]
        public string Message { get; set; }
    }

    public class Function
    {
        public Greeting Greet(Person person, ILambdaContext context)
        {
            Console.WriteLine("Greeting " + person.Name + " in " + context.FunctionName);
            return new Greeting { Message = "Hello, " + person.Name };
        }
    }
}
