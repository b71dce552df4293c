// Stands in for the package Amazon.Lambda.Serialization.Json.
using System.Collections.Generic;
using System.IO;
using System.Runtime.Serialization.Json;
using Amazon.Lambda.Core;

namespace Amazon.Lambda.Serialization.Json
{
    public class JsonSerializer : ILambdaSerializer
    {
        static readonly DataContractJsonSerializerSettings settings =
            new DataContractJsonSerializerSettings { UseSimpleDictionaryFormat = true };

        public T Deserialize<T>(Stream requestStream)
        {
            return (T)new DataContractJsonSerializer(typeof(T), settings).ReadObject(requestStream);
        }

        public void Serialize<T>(T response, Stream responseStream)
        {
            new DataContractJsonSerializer(typeof(T), settings).WriteObject(responseStream, response);
        }
    }
}
