package dev.workerpool.worker.task;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.security.CodeSource;
import java.security.cert.Certificate;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.zip.ZipFile;

/** Loads one task jar, weaving each class on its way in. Its classes see the JDK, the task API and each other. */
final class TaskClassLoader extends URLClassLoader {
    private final URL url;
    /** Classes are read from here: through the URL each class would open the jar anew. */
    private final JarFile jar;

    private final Manifest manifest;
    private final TaskWeaver weaver;

    static {
        registerAsParallelCapable();
    }

    @SuppressWarnings("this-escape") // The super class hands out nothing before the constructor is through.
    TaskClassLoader(Path path, ClassLoader parent) throws IOException {
        super(path.getFileName().toString(), new URL[] {path.toUri().toURL()}, parent);
        this.url = path.toUri().toURL();
        this.jar = new JarFile(path.toFile(), false, ZipFile.OPEN_READ, Runtime.version());
        this.manifest = jar.getManifest() == null ? new Manifest() : jar.getManifest();
        this.weaver = new TaskWeaver(getName(), this, parent);
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
        JarEntry entry = jar.getJarEntry(name.replace('.', '/') + ".class");
        if (entry == null) {
            throw new ClassNotFoundException(name);
        }
        byte[] classFile;
        try (InputStream in = jar.getInputStream(entry)) {
            classFile = in.readAllBytes();
        } catch (IOException e) {
            throw new ClassNotFoundException(name, e);
        }
        byte[] woven = weaver.weave(classFile);
        definePackageOf(name);
        return defineClass(name, woven, 0, woven.length, new CodeSource(url, (Certificate[]) null));
    }

    private void definePackageOf(String className) {
        int dot = className.lastIndexOf('.');
        if (dot < 0 || getDefinedPackage(className.substring(0, dot)) != null) {
            return;
        }
        try {
            definePackage(className.substring(0, dot), manifest, url);
        } catch (IllegalArgumentException alreadyDefined) {
            // Another thread, loading another class of the package, was first.
        }
    }

    @Override
    public void close() throws IOException {
        try (jar) {
            super.close();
        }
    }
}
