package config

import (
	"maps"
	"os"
	"path/filepath"
	"testing"
)

func TestParameterOverrides(t *testing.T) {
	for argument, want := range map[string]map[string]string{
		``:                                     {},
		`A=1 B=2`:                              {"A": "1", "B": "2"},
		`A="two words" B='x=y'`:                {"A": "two words", "B": "x=y"},
		`A=two words`:                          {"A": "two words"},
		`A=\"quoted\" B=`:                      {"A": `"quoted"`, "B": ""},
		`A={"b":1} B=[]`:                       {"A": `{"b":1}`, "B": "[]"},
		`A={"b": 1}`:                           {"A": `{"b": 1}`},
		`A=it's`:                               {"A": "it's"},
		`A=C:\dir\`:                            {"A": `C:\dir\`},
		`A=two\ words`:                         {"A": "two words"},
		`ParameterKey=A,ParameterValue=1`:      {"A": "1"},
		`ParameterKey=A,ParameterValue="a, b"`: {"A": "a, b"},
		`"ParameterKey=A,ParameterValue=a b"  ParameterKey=B,ParameterValue=2`: {"A": "a b", "B": "2"},
	} {
		got, err := ParameterOverrides([]string{argument})
		if err != nil || !maps.Equal(got, want) {
			t.Errorf("%s: %v %v, want %v", argument, got, err, want)
		}
	}
	dir := t.TempDir()
	for name, content := range map[string]string{
		"p.yaml": "Stage: dev\nZones: [a, b]\nEmpty:\nCount: 3\n", "p.json": `{"Stage": "dev", "Zones": ["a", "b"], "Empty": null, "Count": 3}`,
		"pairs.json": `["Stage=dev", "Zones=a,b", "Empty=", "Count=3"]`, "aws.json": `[{"ParameterKey": "Stage", "ParameterValue": "dev"}, {"ParameterKey": "Zones", "ParameterValue": "a,b"}, {"ParameterKey": "Empty"}, {"ParameterKey": "Count", "ParameterValue": 3}]`,
		"pipeline.json": `{"Parameters": {"Stage": "dev", "Zones": "a,b", "Empty": "", "Count": "3"}, "Tags": {}}`,
		"p.toml":        "Stage = 'dev'\nZones = ['a', 'b']\nEmpty = ''\nCount = 3\n", "bad.yaml": "- a\n", "map.yaml": "A: {b: c}\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"p.yaml", "p.json", "p.toml", "pairs.json", "aws.json", "pipeline.json"} {
		got, err := ParameterOverrides([]string{"Stage=x file://" + filepath.Join(dir, name)})
		if want := map[string]string{"Stage": "dev", "Zones": "a,b", "Empty": "", "Count": "3"}; err != nil || !maps.Equal(got, want) {
			t.Errorf("%s: %v %v, want %v", name, got, err, want)
		}
	}
	for _, argument := range []string{"file://" + dir + "/bad.yaml", "file://" + dir + "/map.yaml", "file://" + dir + "/nothing.yaml", `A`, `=1`, `ParameterKey=A`, `ParameterKey=A,Value=1 B`} {
		if got, err := ParameterOverrides([]string{argument}); err == nil {
			t.Errorf("%s: %v, want an error", argument, got)
		}
	}
}
