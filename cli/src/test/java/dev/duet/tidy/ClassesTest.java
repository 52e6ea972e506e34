package dev.duet.tidy;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.codeUnits;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the style asks of classes: which way dependencies point, what is final, how long a parameter list may be. */
class ClassesTest {
    private static final int PARAMETERS_MAX = 5;
    private static final String SIGNALING = "dev.duet.signaling..";
    private static final String[] SOCKET_IO = {"dev.duet.engineio..", "dev.duet.socketio.."};
    private static final String[] TURN = {"dev.duet.stun..", "dev.duet.turn.."};
    private static final String SERVER = "dev.duet.server..";
    private static final String CLI = "dev.duet.cli..";

    /**
     * The heartbeat's link inside a connection, which is another module's: it cannot be sealed, and as a field would
     * cost 24 bytes.
     */
    private static final Set<String> OPEN = Set.of("dev.duet.signaling.Heartbeats$Pulse");

    private static JavaClasses ours;

    @BeforeAll
    static void read() {
        ours = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("dev.duet");
    }

    @Test
    void dependenciesPointOneWay() {
        noClasses()
                .that()
                .resideInAPackage(SIGNALING)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(SERVER, CLI)
                .check(ours);
        noClasses()
                .that()
                .resideInAPackage(SERVER)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(CLI)
                .check(ours);
    }

    @Test
    void signalingIsPure() {
        isPure(new String[] {SIGNALING}, describe("nothing more", _ -> false));
    }

    /** Beside its own packages it needs the JSON parser, an array that grows and the decoder of queries; none of them does I/O. */
    @Test
    void socketIoIsPure() {
        isPure(
                SOCKET_IO,
                resideInAnyPackage("tools.jackson.core..")
                        .or(describe(
                                "in memory",
                                type -> Set.of(
                                                "java.io.ByteArrayOutputStream",
                                                "java.io.OutputStream",
                                                "java.net.URLDecoder")
                                        .contains(type.getName()))));
    }

    /** It needs digests, checksums and what other shards may read at the same time; addresses are those of the JDK, without a socket. */
    @Test
    void turnIsPure() {
        isPure(
                TURN,
                resideInAnyPackage(
                                "java.security",
                                "javax.crypto",
                                "javax.crypto.spec",
                                "java.util.zip",
                                "java.util.concurrent.atomic")
                        .and(DescribedPredicate.not(
                                describe("chance", type -> type.getName().equals("java.security.SecureRandom"))))
                        .or(describe(
                                "an address",
                                type -> Set.of(
                                                "java.net.InetAddress",
                                                "java.net.Inet4Address",
                                                "java.net.Inet6Address",
                                                "java.net.InetSocketAddress",
                                                "java.net.UnknownHostException")
                                        .contains(type.getName()))));
        noClasses()
                .that()
                .resideInAnyPackage(TURN)
                .should()
                .callMethodWhere(describe(
                        "looks a name up",
                        call -> call.getTargetOwner().getName().equals("java.net.InetAddress")
                                && Set.of("getByName", "getAllByName", "getLocalHost")
                                        .contains(call.getTarget().getName())))
                .check(ours);
    }

    private static void isPure(String[] packages, DescribedPredicate<JavaClass> more) {
        DescribedPredicate<JavaClass> allowed = resideInAnyPackage(
                        "java.lang",
                        "java.lang.invoke",
                        "java.lang.runtime",
                        "java.util",
                        "java.util.function",
                        "java.util.stream",
                        "java.util.regex",
                        "java.text",
                        "java.nio.charset",
                        "java.nio",
                        "java.time",
                        "java.math",
                        "org.jspecify.annotations")
                .or(resideInAnyPackage(packages))
                .or(more)
                .and(DescribedPredicate.not(describe(
                        "a clock, a thread, chance or a process",
                        type -> Set.of(
                                        "java.time.Clock",
                                        "java.time.InstantSource",
                                        "java.lang.Thread",
                                        "java.lang.Process",
                                        "java.lang.Runtime",
                                        "java.util.Random",
                                        "java.util.SplittableRandom",
                                        "java.util.Timer",
                                        "java.util.UUID")
                                .contains(type.getName()))));
        DescribedPredicate<JavaClass> primitives = describe("primitive", type -> type.isPrimitive() || type.isArray());

        classes()
                .that()
                .resideInAnyPackage(packages)
                .should()
                .onlyDependOnClassesThat(allowed.or(primitives))
                .check(ours);
        noClasses()
                .that()
                .resideInAnyPackage(packages)
                .should()
                .callMethod(System.class, "nanoTime")
                .check(ours);
        noClasses()
                .that()
                .resideInAnyPackage(packages)
                .should()
                .callMethod(System.class, "currentTimeMillis")
                .check(ours);
        noClasses()
                .that()
                .resideInAnyPackage(packages)
                .should()
                .callMethod(java.time.Instant.class, "now")
                .check(ours);
        noClasses()
                .that()
                .resideInAnyPackage(packages)
                .should()
                .callMethod(Math.class, "random")
                .check(ours);
    }

    @Test
    void classesAreClosed() {
        classes()
                .that(describe("classes of our own", ClassesTest::plainClass))
                .should(new ArchCondition<>("be final or sealed") {
                    @Override
                    public void check(JavaClass type, ConditionEvents events) {
                        boolean closed = OPEN.contains(type.getName())
                                || type.getModifiers().contains(JavaModifier.FINAL)
                                || type.reflect().isSealed();
                        events.add(new SimpleConditionEvent(
                                type, closed, type.getName() + " is neither final nor sealed"));
                    }
                })
                .check(ours);
    }

    @Test
    void parameterListsAreShort() {
        codeUnits()
                .that()
                .areDeclaredInClassesThat(describe("no records", type -> !type.isRecord() && !type.isEnum()))
                .and(describe("no lambdas", unit -> !unit.getName().startsWith("lambda$")))
                .should(new ArchCondition<JavaCodeUnit>("have at most " + PARAMETERS_MAX + " parameters") {
                    @Override
                    public void check(JavaCodeUnit unit, ConditionEvents events) {
                        int count = unit.getRawParameterTypes().size();
                        events.add(new SimpleConditionEvent(
                                unit, count <= PARAMETERS_MAX, unit.getFullName() + " has " + count + " parameters"));
                    }
                })
                .check(ours);
    }

    @Test
    void thereIsNoStaticMutableState() {
        fields().that()
                .areStatic()
                .and(describe("written by us", field -> !field.getName().startsWith("$")))
                .should()
                .beFinal()
                .check(ours);
    }

    @Test
    void onlyTheProductConfiguresLogging() {
        noClasses()
                .that(resideInAPackage(SERVER).or(resideInAPackage(SIGNALING)))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("ch.qos.logback..", "java.util.logging..")
                .check(ours);
    }

    private static boolean plainClass(JavaClass type) {
        return !type.isInterface()
                && !type.isEnum()
                && !type.isRecord()
                && !type.isAnonymousClass()
                && !type.getSimpleName().equals("package-info")
                && !type.getName().contains("$$");
    }
}
