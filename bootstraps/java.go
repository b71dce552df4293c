package bootstraps

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
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

	command:     javaCommand,
	environment: func(Interpreter) []string { return []string{javaLocale} },
	debugger:    javaDebugger, debugsAnywhere: true,
	attach:   javaAttachment,
	compiled: "bootstrap.jar",
	compiler: "Maven",
	rehearse: rehearseJava,
}

// javaLocale is for hosts that lack the locale that LANG names, which AWS has:
// the JVM would take variables and the names of files for ASCII.
const javaLocale = "LC_ALL=C.UTF-8"

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
	return []version{v}, filepath.Join(properties["java.home"], "bin", "java"), nil
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

// javaCommand starts the bootstrap as AWS starts its own, as far as users see it:
// the heap has what is left of the memory besides the JVM's other areas.
func javaCommand(_ Runtime, in Interpreter, dir string, o Options) []string {
	memory := o.MemoryMB << 10
	heap := memory - min(memory/10, 160<<10) - min(memory/20, 80<<10) // metaspace and compiled code
	args := append(javaFlags(in, dir), "-XX:MaxHeapSize="+strconv.Itoa(heap)+"k")
	archive := javaArchive(in, dir)
	if info, err := os.Stat(archive); err == nil && info.Size() > 0 {
		args = append(args, "-XX:SharedArchiveFile="+archive)
	}
	return append(args, "-cp", javaJar(dir), "sam.bootstrap.Main", o.OptDir, o.SDKDir)
}

// javaFlags are those that every function has. Some of them decide which classes
// a start takes.
func javaFlags(in Interpreter, dir string) []string {
	flags := []string{
		"-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData",
		// A start calls many methods more than 200 times, the JVM's default, and then
		// never again: to compile them takes a tenth of its time.
		"-XX:Tier3InvocationThreshold=500", "-XX:Tier3MinInvocationThreshold=250",
		"-Dfile.encoding=UTF-8", "-Duser.language=en", "-Duser.country=US", "-Djava.net.preferIPv4Stack=true",
		"-Djava.security.properties=" + filepath.Join(dir, "security.properties"),
		// Asked for, these security properties would have the JVM read all of its
		// own before the bootstrap has connected; the values are their defaults.
		"-Djdk.io.permissionsUseCanonicalPath=false", "-Djdk.security.filePermCompat=false",
		"-Djdk.includeInExceptions=" + includeInExceptions(in),
	}
	if slices.Compare(parseVersion(in.Version), version{17}) >= 0 {
		// Where the archive is in memory is no secret of a function's. From 18 on
		// the JVM generates code for each member that is used by reflection, which
		// takes longer than the few calls of it that a start consists of.
		flags = append(flags, "-XX:+UnlockDiagnosticVMOptions", "-XX:ArchiveRelocationMode=0", "-Djdk.reflect.useNativeAccessorOnly=true")
	}
	return flags
}

// includeInExceptions is the default of the security property that says what
// messages of exceptions may tell.
func includeInExceptions(in Interpreter) string {
	if slices.Compare(parseVersion(in.Version), version{25}) >= 0 {
		return "hostInfoExclSocket"
	}
	return ""
}

func javaJar(dir string) string { return filepath.Join(dir, "bootstrap.jar") }

// javaArchive is the file of the classes that a JVM shares between its starts,
// or "" for one that cannot. Another JVM, or the same after an update, does not
// use it: that is its own check.
func javaArchive(in Interpreter, dir string) string {
	if slices.Compare(parseVersion(in.Version), version{11}) < 0 {
		return ""
	}
	return filepath.Join(dir, "classes-"+in.Version+".jsa")
}
