package dev.workerpool.worker;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import java.nio.file.Path;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.xpath.XPathFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ArchitectureTest {
    private static final JavaClasses CLASSES =
            new ClassFileImporter().withImportOption(new DoNotIncludeTests()).importPackages("dev.workerpool.worker");

    @Test
    void mainSeesHttpSeesHandOverControlPeersAndRunsSeePoolSeesTaskAndNeverBack() {
        layeredArchitecture()
                .consideringOnlyDependenciesInLayers()
                .layer("main")
                .definedBy("dev.workerpool.worker")
                .layer("http")
                .definedBy("dev.workerpool.worker.http")
                .layer("control")
                .definedBy("dev.workerpool.worker.control")
                .layer("handover")
                .definedBy("dev.workerpool.worker.handover")
                .layer("runs")
                .definedBy("dev.workerpool.worker.runs")
                .layer("pool")
                .definedBy("dev.workerpool.worker.pool")
                .layer("task")
                .definedBy("dev.workerpool.worker.task")
                .layer("peers")
                .definedBy("dev.workerpool.worker.peers")
                .layer("kept")
                .definedBy("dev.workerpool.worker.kept")
                .layer("access")
                .definedBy("dev.workerpool.worker.access")
                .layer("io")
                .definedBy("dev.workerpool.worker.io")
                .whereLayer("main")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("http")
                .mayOnlyBeAccessedByLayers("main")
                .whereLayer("control")
                .mayOnlyBeAccessedByLayers("main", "http")
                .whereLayer("handover")
                .mayOnlyBeAccessedByLayers("main", "http")
                .whereLayer("peers")
                .mayOnlyBeAccessedByLayers("main", "http", "handover")
                .whereLayer("io")
                .mayOnlyBeAccessedByLayers("main", "http", "peers", "kept", "access")
                .whereLayer("access")
                .mayOnlyBeAccessedByLayers("main", "http")
                .whereLayer("kept")
                .mayOnlyBeAccessedByLayers("main", "http", "peers")
                .whereLayer("runs")
                .mayOnlyBeAccessedByLayers("main", "http", "handover")
                .whereLayer("pool")
                .mayOnlyBeAccessedByLayers("main", "http", "handover", "control", "peers", "runs")
                .whereLayer("task")
                .mayOnlyBeAccessedByLayers("main", "http", "handover", "runs", "pool")
                .check(CLASSES);
    }

    @Test
    void packagesHaveNoCycles() {
        slices().matching("dev.workerpool.worker.(*)..")
                .should()
                .beFreeOfCycles()
                .check(CLASSES);
    }

    @Test
    void onlyWhatSpeaksHttpKnowsNetty() {
        noClasses()
                .that()
                .resideOutsideOfPackages(
                        "dev.workerpool.worker.http", "dev.workerpool.worker.peers", "dev.workerpool.worker.io")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.netty..")
                .check(CLASSES);
    }

    @Test
    void theTaskLayerKnowsNoMetrics() {
        noClasses()
                .that()
                .resideInAPackage("dev.workerpool.worker.task")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.prometheus..")
                .check(CLASSES);
    }

    /** A user's jar has it, beside whatever that user needs. */
    @Test
    void theTaskApiKnowsTheJdkAlone() {
        classes()
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("java..", "dev.workerpool.task")
                .check(new ClassFileImporter().importPackages("dev.workerpool.task"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"../task-api/pom.xml", "../pom.xml", "../../pom.xml"})
    void theTaskApiHasNoDependenciesOfItsOwnNorByInheritance(String pom) throws Exception {
        var project = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(Path.of(pom).toFile());
        var path = XPathFactory.newInstance().newXPath();

        assertThat(path.evaluate("/project/version | /project/parent/version", project))
                .isNotEmpty();
        assertThat(path.evaluate("/project/dependencies", project).strip()).isEmpty();
    }
}
