# Finds a Java for Duet. Sourced by bin/duet, and in a checkout by duet and dev; POSIX sh. No process is started unless
# it must be, for this runs before every start.

# java_feature HOME: sets FEATURE to the feature release of the Java in HOME, e.g. 25, or to nothing.
java_feature() {
  FEATURE=
  [ -x "$1/bin/java" ] || [ -x "$1/bin/java.exe" ] || return 1
  if [ -r "$1/release" ]; then
    while IFS='=' read -r java_name java_value; do
      if [ "$java_name" = JAVA_VERSION ]; then
        java_value=${java_value#\"}
        java_value=${java_value#1.}
        FEATURE=${java_value%%[!0-9]*}
        break
      fi
    done < "$1/release"
  fi
  if [ -z "$FEATURE" ]; then
    java_value=$("$1/bin/java" -version 2>&1 | sed -n '1s/.*version "\(1\.\)\{0,1\}\([0-9]*\).*/\2/p')
    FEATURE=$java_value
  fi
  [ -n "$FEATURE" ]
}

# Prints the home of the java on the PATH.
java_on_path() {
  java_link=$(command -v java) || return 1
  while [ -L "$java_link" ]; do
    java_target=$(readlink "$java_link")
    case $java_target in
      /*) java_link=$java_target ;;
      *) java_link=${java_link%/*}/$java_target ;;
    esac
  done
  java_link=${java_link%/bin/java}
  printf '%s\n' "$java_link"
}

# java_try HOME: takes it when it is good enough; remembers what it was otherwise.
java_try() {
  [ -n "$1" ] || return 1
  java_feature "$1" || return 1
  if [ "$FEATURE" -ge 25 ] && { [ "$JAVA_WANTED" = jre ] || { [ -x "$1/bin/javac" ] && [ "$FEATURE" -eq 25 ]; }; }; then
    FOUND_JAVA=$1
    return 0
  fi
  JAVA_SEEN="${JAVA_SEEN:+$JAVA_SEEN, }Java $FEATURE in $1"
  return 1
}

# find_java jre|jdk: sets FOUND_JAVA to the home of a Java 25 or newer (a jdk: of a JDK 25, which compiles), or says
# what was found instead and fails.
find_java() {
  JAVA_WANTED=$1
  JAVA_SEEN=
  FOUND_JAVA=
  java_try "${JAVA_HOME-}" && return 0
  java_try "${JAVA25_HOME-}" && return 0
  for java_home in /usr/lib/jvm/*25* /Library/Java/JavaVirtualMachines/*25*/Contents/Home \
      "${HOME-}"/.sdkman/candidates/java/25* "${HOME-}"/.jdks/*25*; do
    if [ -d "$java_home" ]; then java_try "$java_home" && return 0; fi
  done
  java_try "$(java_on_path)" && return 0
  for java_home in /usr/lib/jvm/* /Library/Java/JavaVirtualMachines/*/Contents/Home \
      "${HOME-}"/.sdkman/candidates/java/* "${HOME-}"/.jdks/*; do
    if [ -d "$java_home" ] && [ ! -L "$java_home" ]; then java_try "$java_home" && return 0; fi
  done
  java_what="Java 25 or newer"
  [ "$JAVA_WANTED" = jre ] || java_what="a JDK 25 (with javac)"
  echo "duet: needs $java_what; found ${JAVA_SEEN:-no Java at all}." >&2
  echo "      Debian, Ubuntu: apt install openjdk-25-jdk, or the package of Eclipse Temurin" >&2
  echo "      macOS: brew install openjdk@25" >&2
  echo "      Windows: winget install EclipseAdoptium.Temurin.25.JDK   Or set JAVA_HOME to the one you have." >&2
  return 1
}
