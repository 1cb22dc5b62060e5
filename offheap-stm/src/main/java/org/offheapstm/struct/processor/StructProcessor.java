package org.offheapstm.struct.processor;

import org.offheapstm.struct.Add;
import org.offheapstm.struct.Length;
import org.offheapstm.struct.Struct;
import org.offheapstm.struct.Text;

import java.io.IOException;
import java.io.Writer;
import java.util.Set;

import javax.annotation.processing.AbstractProcessor;
import javax.annotation.processing.RoundEnvironment;
import javax.lang.model.SourceVersion;
import javax.lang.model.element.Element;
import javax.lang.model.element.TypeElement;
import javax.tools.Diagnostic;

/** Writes a class for each interface with {@link Struct}. */
public final class StructProcessor extends AbstractProcessor {
    /** For the compiler. */
    public StructProcessor() {}

    @Override
    public Set<String> getSupportedAnnotationTypes() {
        return Set.of(
                Struct.class.getName(),
                Text.class.getName(),
                Length.class.getName(),
                Add.class.getName());
    }

    @Override
    public SourceVersion getSupportedSourceVersion() {
        return SourceVersion.latestSupported();
    }

    /**
     * Claims the annotations: they are this jar's, and javac's lint complains of any that nobody
     * claims.
     */
    @Override
    @SuppressWarnings("DoNotClaimAnnotations")
    public boolean process(Set<? extends TypeElement> annotations, RoundEnvironment round) {
        for (Element element : round.getElementsAnnotatedWith(Struct.class)) {
            StructReader reader = new StructReader(this::error);
            StructDeclaration struct = reader.read((TypeElement) element);
            if (reader.accepted()) {
                write(struct);
            }
        }
        return true;
    }

    private void write(StructDeclaration struct) {
        try (Writer file = processingEnv
                .getFiler()
                .createSourceFile(struct.generatedName(), struct.element())
                .openWriter()) {
            file.write(new StructWriter(struct).source());
        } catch (IOException e) {
            error(
                    struct.element(),
                    "struct refused: generated class " + struct.generatedName()
                            + " could not be written, " + e.getMessage()
                            + "; two structs of one simple name need two packages");
        }
    }

    private void error(Element at, String message) {
        processingEnv.getMessager().printMessage(Diagnostic.Kind.ERROR, message, at);
    }
}
