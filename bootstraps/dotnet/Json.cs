using System;
using System.Collections;
using System.Globalization;
using System.Text;

namespace LambdaBootstrap
{
    /// <summary>Writes JSON for the log, escaped as AWS has it: what HTML takes for its own, and what is not ASCII.</summary>
    static class Json
    {
        public static void String(StringBuilder json, string value)
        {
            json.Append('"');
            foreach (var c in value)
            {
                var escape = "\b\t\n\f\r\\".IndexOf(c);
                if (escape >= 0)
                {
                    json.Append('\\').Append("btnfr\\"[escape]);
                }
                else if (c < ' ' || c > '~' || "\"&'+<>`".IndexOf(c) >= 0)
                {
                    json.Append("\\u").Append(((int)c).ToString("X4", CultureInfo.InvariantCulture));
                }
                else
                {
                    json.Append(c);
                }
            }
            json.Append('"');
        }

        /// <summary>Numbers, truth values, lists and dictionaries as themselves, all else as text.</summary>
        public static void Value(StringBuilder json, object value)
        {
            var convertible = value as IConvertible;
            var code = convertible == null ? TypeCode.Object : convertible.GetTypeCode();
            if (value == null)
            {
                json.Append("null");
            }
            else if (code == TypeCode.Boolean)
            {
                json.Append((bool)value ? "true" : "false");
            }
            else if (code >= TypeCode.SByte && code <= TypeCode.Decimal && !(value is Enum))
            {
                json.Append(convertible.ToString(CultureInfo.InvariantCulture));
            }
            else if (value is IDictionary)
            {
                Dictionary(json, (IDictionary)value);
            }
            else if (value is IList && !(value is byte[]))
            {
                List(json, (IList)value);
            }
            else
            {
                String(json, Template.TextOf(value));
            }
        }

        static void List(StringBuilder json, IList values)
        {
            json.Append('[');
            for (var i = 0; i < values.Count; i++)
            {
                json.Append(i == 0 ? "" : ",");
                Value(json, values[i]);
            }
            json.Append(']');
        }

        static void Dictionary(StringBuilder json, IDictionary values)
        {
            json.Append('{');
            var first = true;
            foreach (DictionaryEntry entry in values)
            {
                json.Append(first ? "" : ",");
                first = false;
                String(json, entry.Key.ToString());
                json.Append(':');
                Value(json, entry.Value);
            }
            json.Append('}');
        }
    }
}
