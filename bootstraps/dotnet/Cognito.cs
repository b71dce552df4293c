using System.Collections.Generic;
using System.IO;
using System.Runtime.Serialization;
using System.Runtime.Serialization.Json;
using System.Text;
using Amazon.Lambda.Core;

namespace LambdaBootstrap
{
    /// <summary>What the caller sent about itself: the members of context that are objects.</summary>
    static class Cognito
    {
        /// <summary>The object that a header holds as JSON; without the header there is one as well, without values.</summary>
        public static T Read<T>(string json) where T : class, new()
        {
            if (string.IsNullOrEmpty(json))
            {
                return new T();
            }
            var settings = new DataContractJsonSerializerSettings { UseSimpleDictionaryFormat = true };
            var input = new MemoryStream(Encoding.UTF8.GetBytes(json));
            return (T)new DataContractJsonSerializer(typeof(T), settings).ReadObject(input);
        }
    }

    [DataContract]
    sealed class CognitoIdentity : ICognitoIdentity
    {
        [DataMember(Name = "cognitoIdentityId")]
        public string IdentityId { get; private set; }

        [DataMember(Name = "cognitoIdentityPoolId")]
        public string IdentityPoolId { get; private set; }
    }

    [DataContract]
    sealed class ClientContext : IClientContext
    {
        [DataMember(Name = "env")]
        Dictionary<string, string> environment = null;

        [DataMember(Name = "client")]
        ClientApplication client = null;

        [DataMember(Name = "custom")]
        Dictionary<string, string> custom = null;

        public IDictionary<string, string> Environment { get { return environment; } }
        public IClientApplication Client { get { return client; } }
        public IDictionary<string, string> Custom { get { return custom; } }
    }

    [DataContract]
    sealed class ClientApplication : IClientApplication
    {
        [DataMember(Name = "app_package_name")]
        public string AppPackageName { get; private set; }

        [DataMember(Name = "app_title")]
        public string AppTitle { get; private set; }

        [DataMember(Name = "app_version_code")]
        public string AppVersionCode { get; private set; }

        [DataMember(Name = "app_version_name")]
        public string AppVersionName { get; private set; }

        [DataMember(Name = "installation_id")]
        public string InstallationId { get; private set; }
    }
}
