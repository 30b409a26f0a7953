package dev.workerpool.worker;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "dev.workerpool.worker", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule mainSeesHttpSeesPoolSeesTaskAndNeverBack = layeredArchitecture()
            .consideringOnlyDependenciesInLayers()
            .layer("main")
            .definedBy("dev.workerpool.worker")
            .layer("http")
            .definedBy("dev.workerpool.worker.http")
            .layer("pool")
            .definedBy("dev.workerpool.worker.pool")
            .layer("task")
            .definedBy("dev.workerpool.worker.task")
            .whereLayer("main")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("http")
            .mayOnlyBeAccessedByLayers("main")
            .whereLayer("pool")
            .mayOnlyBeAccessedByLayers("main", "http")
            .whereLayer("task")
            .mayOnlyBeAccessedByLayers("main", "http", "pool");

    @ArchTest
    static final ArchRule packagesHaveNoCycles =
            slices().matching("dev.workerpool.worker.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule onlyHttpKnowsNetty = noClasses()
            .that()
            .resideOutsideOfPackage("dev.workerpool.worker.http")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.netty..");

    @ArchTest
    static final ArchRule theTaskLayerKnowsNoMetrics = noClasses()
            .that()
            .resideInAPackage("dev.workerpool.worker.task")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.prometheus..");
}
