import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collections;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/**
 * {@code StripVariables JAR…} takes out of the jars' classes what only a debugger reads: which local variable is where. That is
 * a sixth of them, and the JVM keeps it in memory for each method that it has loaded. Line numbers stay, so stack traces are as
 * before.
 */
final class StripVariables {

    private StripVariables() {}

    public static void main(String[] jars) throws IOException {
        for (String jar : jars) {
            strip(Path.of(jar));
        }
    }

    private static void strip(Path jar) throws IOException {
        Path stripped = Path.of(jar + ".stripped");
        try (var in = new JarFile(jar.toFile());
                var out = new ZipOutputStream(Files.newOutputStream(stripped))) {
            for (JarEntry entry : Collections.list(in.entries())) {
                if (entry.getName().endsWith(".SF")) {
                    throw new IOException(jar + " is signed: with other classes its signature is wrong");
                }
                out.putNextEntry(copyOf(entry));
                copy(entry.getName(), in.getInputStream(entry).readAllBytes(), out);
                out.closeEntry();
            }
        }
        Files.move(stripped, jar, StandardCopyOption.REPLACE_EXISTING);
    }

    /** With the time of the original: the same jars are to come of the same. */
    private static ZipEntry copyOf(JarEntry entry) {
        var copy = new ZipEntry(entry.getName());
        copy.setTimeLocal(entry.getTimeLocal());
        return copy;
    }

    private static void copy(String name, byte[] content, OutputStream out) throws IOException {
        out.write(name.endsWith(".class") ? stripped(content) : content);
    }

    private static byte[] stripped(byte[] type) {
        var out = new ClassWriter(0);
        new ClassReader(type).accept(
                new ClassVisitor(Opcodes.ASM9, out) {
                    @Override
                    public MethodVisitor visitMethod(
                            int access, String name, String descriptor, String signature, String[] exceptions) {
                        return withoutVariables(super.visitMethod(access, name, descriptor, signature, exceptions));
                    }
                },
                0);
        return out.toByteArray();
    }

    private static MethodVisitor withoutVariables(MethodVisitor method) {
        return new MethodVisitor(Opcodes.ASM9, method) {
            @Override
            public void visitLocalVariable(
                    String name, String descriptor, String signature, Label start, Label end, int index) {}
        };
    }
}
