using System;
using System.Collections;
using System.Collections.Generic;
using System.Globalization;
using System.Text;

namespace LambdaBootstrap
{
    /// <summary>
    /// A message of a logger with places for its arguments: "{name} bought {count:N0}", or "{0} bought {1}". In JSON
    /// logs the arguments are members as well.
    /// </summary>
    sealed class Template
    {
        readonly string template;
        readonly object[] arguments;
        readonly List<Place> places = new List<Place>();
        readonly bool positional;

        struct Place
        {
            public int Start, End; // in the template, braces included
            public string Name, Format;
        }

        public Template(string template, object[] arguments)
        {
            this.template = template ?? "";
            this.arguments = arguments;
            for (var i = 0; (i = this.template.IndexOf('{', i)) >= 0;)
            {
                var end = this.template.IndexOf('}', i);
                if (end < 0)
                {
                    break;
                }
                if (this.template[i + 1] == '{')
                {
                    i += 2; // a brace that is meant
                    continue;
                }
                Add(i, end + 1);
                i = end + 1;
            }
            positional = places.Count > 0 && places.TrueForAll(IsNumber);
        }

        void Add(int start, int end)
        {
            var token = template.Substring(start + 1, end - start - 2);
            var colon = token.IndexOf(':');
            places.Add(new Place
            {
                Start = start,
                End = end,
                Name = (colon < 0 ? token : token.Substring(0, colon)).Trim(' ', '@'),
                Format = colon < 0 ? "" : token.Substring(colon + 1).Trim(),
            });
        }

        static bool IsNumber(Place place)
        {
            int number;
            return int.TryParse(place.Name, NumberStyles.None, CultureInfo.InvariantCulture, out number);
        }

        /// <summary>The argument of the n-th place; false if there are fewer.</summary>
        bool Find(int n, out object argument)
        {
            var index = positional ? int.Parse(places[n].Name, CultureInfo.InvariantCulture) : n;
            argument = index < arguments.Length ? arguments[index] : null;
            return index < arguments.Length;
        }

        public override string ToString()
        {
            var text = new StringBuilder();
            var end = 0;
            for (var i = 0; i < places.Count; i++)
            {
                var place = places[i];
                text.Append(Unescape(template.Substring(end, place.Start - end)));
                end = place.End;
                object argument;
                var isShown = Find(i, out argument) && argument != null && !(argument is IDictionary)
                    && (argument is byte[] || !(argument is IList));
                text.Append(isShown ? TextOf(argument, place.Format) : template.Substring(place.Start, end - place.Start));
            }
            return text.Append(Unescape(template.Substring(end))).ToString();
        }

        static string Unescape(string text)
        {
            return text.Replace("{{", "{").Replace("}}", "}");
        }

        public void AppendMembers(StringBuilder json)
        {
            for (var i = 0; i < places.Count; i++)
            {
                object argument;
                if (Find(i, out argument) && argument != null)
                {
                    json.Append(',');
                    Json.String(json, places[i].Name);
                    json.Append(':');
                    Json.Value(json, places[i].Format == "" ? argument : TextOf(argument, places[i].Format));
                }
            }
        }

        static string TextOf(object value, string format)
        {
            try
            {
                return format == "" ? TextOf(value) : string.Format("{0:" + format + "}", value);
            }
            catch (FormatException)
            {
                return value.ToString();
            }
        }

        /// <summary>Times in UTC's notation, and of bytes the first 16.</summary>
        public static string TextOf(object value)
        {
            var bytes = value as byte[];
            if (bytes != null)
            {
                var hex = BitConverter.ToString(bytes, 0, Math.Min(bytes.Length, 16)).Replace("-", "");
                return bytes.Length <= 16 ? hex : hex + "... (" + bytes.Length + " bytes)";
            }
            var isTime = value is DateTime || value is DateTimeOffset;
            return isTime
                ? ((IFormattable)value).ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture)
                : Convert.ToString(value, CultureInfo.InvariantCulture);
        }
    }
}
