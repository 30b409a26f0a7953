package dev.workerpool.operator.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BuildTest {

    @TempDir
    private Path folder;

    @Test
    void isToldByWhatIsInTheJar() throws IOException {
        String id = Build.id(jar("a", "A.class", "code"));

        assertThat(Build.id(jar("b", "A.class", "code"))).isEqualTo(id);
        assertThat(Build.id(jar("c", "A.class", "else"))).isNotEqualTo(id);
        assertThat(Build.id(jar("d", "B.class", "code"))).isNotEqualTo(id);
    }

    @Test
    void classesInAFolderAreABuildOfTheirOwnEachTime() {
        assertThat(Build.id()).isNotEqualTo(Build.id());
    }

    private Path jar(String name, String entry, String content) throws IOException {
        Path file = folder.resolve(name + ".jar");
        try (var jar = new JarOutputStream(Files.newOutputStream(file))) {
            jar.putNextEntry(new JarEntry(entry));
            jar.write(content.getBytes(StandardCharsets.UTF_8));
        }
        return file;
    }
}
