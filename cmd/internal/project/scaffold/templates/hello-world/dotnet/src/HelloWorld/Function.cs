using System.IO;
using System.Runtime.Serialization;
using System.Runtime.Serialization.Json;

namespace HelloWorld
{
    /// <summary>Answers requests of API Gateway.</summary>
    public class Function
    {
        /// <param name="request">
        /// The request as JSON:
        /// https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
        /// </param>
        public Stream FunctionHandler(Stream request)
        {
            var response = new Response { StatusCode = 200, Body = "{\"message\": \"hello world\"}" };
            var json = new MemoryStream();
            new DataContractJsonSerializer(typeof(Response)).WriteObject(json, response);
            json.Position = 0;
            return json;
        }
    }

    [DataContract]
    public class Response
    {
        [DataMember(Name = "statusCode")]
        public int StatusCode { get; set; }

        [DataMember(Name = "body")]
        public string Body { get; set; }
    }
}
