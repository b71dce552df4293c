using System;
using System.IO;
using Amazon.Lambda.Core;

namespace Broken
{
    public class Constructor
    {
        public Constructor() { throw new InvalidOperationException("at construction"); }
        public Stream Echo(Stream input) { return input; }
    }

    public class StaticConstructor
    {
        static StaticConstructor() { throw new InvalidOperationException("at class init"); }
        public static Stream Echo(Stream input) { return input; }
    }

    public class NoDefaultConstructor
    {
        public NoDefaultConstructor(int number) { }
        public Stream Echo(Stream input) { return input; }
    }

    public class Leaves
    {
        public Leaves() { Environment.Exit(3); }
        public Stream Echo(Stream input) { return input; }
    }

    public class Plain { }

    public class Serializers
    {
        public string NoSerializer(string text) { return text; }
        public string NoSerializerOut(Stream input) { return ""; }

        [LambdaSerializer(typeof(Plain))]
        public string NotASerializer(string text) { return text; }

        [LambdaSerializer(typeof(Uri))]
        public string NoConstructor(string text) { return text; }

        [LambdaSerializer(null)]
        public string NotSet(string text) { return text; }
    }
}
