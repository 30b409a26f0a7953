package dev.workerpool.operator;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import java.time.Clock;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** Which package may know which, and which are pure. */
class ArchitectureTest {
    private static final JavaClasses CLASSES =
            new ClassFileImporter().withImportOption(new DoNotIncludeTests()).importPackages("dev.workerpool.operator");

    @Test
    void dependenciesPointInward() {
        layeredArchitecture()
                .consideringOnlyDependenciesInLayers()
                .layer("runtime")
                .definedBy("..operator.runtime..")
                .layer("reconciler")
                .definedBy("..operator.reconciler..")
                .layer("dependent")
                .definedBy("..operator.dependent..")
                .layer("event")
                .definedBy("..operator.event..")
                .layer("control")
                .definedBy("..operator.control..")
                .layer("report")
                .definedBy("..operator.report..")
                .layer("metrics")
                .definedBy("..operator.metrics..")
                .layer("policy")
                .definedBy("..operator.policy..")
                .layer("status")
                .definedBy("..operator.status..")
                .layer("desired")
                .definedBy("..operator.desired..")
                .whereLayer("runtime")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("reconciler")
                .mayOnlyBeAccessedByLayers("runtime")
                .whereLayer("dependent")
                .mayOnlyBeAccessedByLayers("reconciler")
                .whereLayer("event")
                .mayOnlyBeAccessedByLayers("reconciler")
                .whereLayer("control")
                .mayOnlyBeAccessedByLayers("runtime", "reconciler")
                .whereLayer("report")
                .mayOnlyBeAccessedByLayers("reconciler", "metrics", "control")
                .whereLayer("metrics")
                .mayOnlyBeAccessedByLayers("reconciler")
                .whereLayer("policy")
                .mayOnlyBeAccessedByLayers("reconciler", "event")
                .whereLayer("status")
                .mayOnlyBeAccessedByLayers("reconciler", "event", "report", "metrics", "policy", "control")
                .check(CLASSES);
    }

    @Test
    void whatIsDecidedAndComputedKnowsNoClientAndNoFramework() {
        noClasses()
                .that()
                .resideInAnyPackage("..operator.desired..", "..operator.status..", "..operator.policy..")
                .should()
                .dependOnClassesThat(resideInAnyPackage(
                                "io.fabric8.kubernetes.client..",
                                "io.javaoperatorsdk..",
                                "io.quarkus..",
                                "java.net..",
                                "java.io..")
                        .and(not(resideInAnyPackage(
                                "io.fabric8.kubernetes.client.utils", "io.fabric8.kubernetes.client"))))
                .check(CLASSES);
    }

    @Test
    void onlyTheReconcilerReadsTheClock() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        "..operator.desired..", "..operator.status..", "..operator.policy..", "..operator.dependent..")
                .should()
                .callMethod(Instant.class, "now")
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(Clock.class)
                .check(CLASSES);
    }

    @Test
    void quarkusStaysAtTheEdge() {
        noClasses()
                .that()
                .resideOutsideOfPackage("..operator.runtime..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.quarkus..", "jakarta..", "io.smallrye..")
                .check(CLASSES);
    }
}
