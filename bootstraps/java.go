package bootstraps

import (
	"path/filepath"
	"strings"
)

var javaTraits = traits{
	name:    "Java",
	program: "java",
	// Up to 8, Java called itself 1.8, and Debian calls its directories so still.
	versionOf: func(numbers string) string { return strings.TrimPrefix(numbers, "1.") },
	lines:     []version{{8}},

	questions: [][]string{{"-XshowSettings:properties", "-version"}},
	read:      readJava,
	layouts: []layout{
		{"JAVA_HOME", "$JAVA_HOME", "bin"},
		{"sdkman", "$SDKMAN_CANDIDATES_DIR/java $SDKMAN_DIR/candidates/java ~/.sdkman/candidates/java", "*/bin"},
		{"asdf", "$ASDF_DATA_DIR ~/.asdf", "installs/java/*/bin"},
		{"mise", "$MISE_DATA_DIR $XDG_DATA_HOME/mise ~/.local/share/mise", "installs/java/*/bin"},
		{"jenv", "$JENV_ROOT ~/.jenv", "versions/*/bin"},
		{"jabba", "$JABBA_HOME ~/.jabba", "jdk/*/bin"},
		{"IntelliJ IDEA", "~/.jdks", "*/bin"},
		{"Gradle", "$GRADLE_USER_HOME ~/.gradle", "jdks/*/bin"},
		// Debian and Fedora, openSUSE, Oracle. A JDK 8 may have its JRE alone.
		{"/usr/lib/jvm", "/usr/lib/jvm", "*/bin */jre/bin"},
		{"/usr/lib64/jvm", "/usr/lib64/jvm", "*/bin */jre/bin"},
		{"/usr/java", "/usr/java", "*/bin"},
		// Tarballs, the tool cache of GitHub's runners, Homebrew, snap.
		{"/opt", "/opt", "java*/bin java/*/bin *jdk*/bin *jre*/bin hostedtoolcache/Java_Temurin-Hotspot_jdk/*/*/bin homebrew/opt/openjdk*/bin"},
		{"/usr/local", "/usr/local", "bin *jdk*/bin java*/bin"},
		{"homebrew", "/home/linuxbrew/.linuxbrew", "bin opt/openjdk*/bin"},
		{"snap", "/snap/openjdk", "current/jdk/bin"},
	},
	ways: []way{{command: "apt install default-jre-headless"}, {command: "mise install java@%s"}},
}

// readJava reads the system properties that the JVM prints.
func readJava(_, _, stderr string) ([]version, string, error) {
	properties := make(map[string]string)
	for line := range strings.Lines(stderr) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), " = ")
		properties[name] = value
	}
	v := parseJavaVersion(properties["java.version"])
	if v == nil {
		return nil, "", errNoInterpreter
	}
	// A JDK 8 names the JRE in it, which has a java of its own.
	real, err := filepath.EvalSymlinks(filepath.Join(properties["java.home"], "bin", "java"))
	return []version{v}, real, err
}

// parseJavaVersion makes three numbers of "1.8.0_392", "17.0.15", "25" and
// "24-ea".
func parseJavaVersion(text string) version {
	text = strings.Replace(strings.TrimPrefix(text, "1."), "_", ".", 1)
	if end := strings.IndexFunc(text, func(r rune) bool { return r != '.' && (r < '0' || r > '9') }); end >= 0 {
		text = text[:end]
	}
	v := parseVersion(text)
	if v == nil {
		return nil
	}
	return append(v, 0, 0)[:3]
}
