package io.alphakite.gateway.documentation;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JavaType;
import io.alphakite.gateway.web.Decimal;
import io.swagger.v3.core.converter.AnnotatedType;
import io.swagger.v3.core.converter.ModelConverter;
import io.swagger.v3.core.converter.ModelConverterContext;
import io.swagger.v3.core.util.Json;
import io.swagger.v3.oas.models.media.JsonSchema;
import io.swagger.v3.oas.models.media.Schema;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Describes records as they are written: names in snake_case, every component required, {@link
 * Nullable} ones null as well, {@link Decimal} a decimal string.
 */
@Component
class RecordSchemas implements ModelConverter {
  private static final String SEEN = "x-record";

  @Override
  @SuppressWarnings("rawtypes") // the interface is raw
  public @Nullable Schema resolve(
      AnnotatedType type, ModelConverterContext context, Iterator<ModelConverter> chain) {
    JavaType javaType = Json.mapper().constructType(type.getType());
    if (javaType != null && javaType.getRawClass() == Decimal.class) {
      return new JsonSchema()
          .types(new LinkedHashSet<>(Set.of("string")))
          .format("decimal")
          .description("A decimal number as a string, exact.")
          .example("1674.25");
    }
    Schema resolved = chain.hasNext() ? chain.next().resolve(type, context, chain) : null;
    if (javaType != null && javaType.getRawClass().isRecord() && resolved != null) {
      Schema model =
          resolved.get$ref() == null
              ? resolved
              : context
                  .getDefinedModels()
                  .get(resolved.get$ref().substring(resolved.get$ref().lastIndexOf('/') + 1));
      if (model != null) {
        describe(javaType.getRawClass(), model);
      }
    }
    return resolved;
  }

  @SuppressWarnings({"rawtypes", "unchecked"}) // swagger's models are raw
  private static void describe(Class<?> type, Schema model) {
    if (model.getProperties() == null
        || (model.getExtensions() != null && model.getExtensions().containsKey(SEEN))) {
      return;
    }
    boolean request = !type.getSimpleName().endsWith("View") && model.getRequired() != null;
    boolean sparse = type.isAnnotationPresent(JsonInclude.class);
    Map<String, Schema> given = model.getProperties();
    Map<String, Schema> described = new LinkedHashMap<>();
    List<String> required = new ArrayList<>();
    for (RecordComponent component : type.getRecordComponents()) {
      Schema property = given.get(component.getName());
      if (property == null) {
        continue;
      }
      boolean nullable = component.getAnnotatedType().isAnnotationPresent(Nullable.class);
      String name = snakeCase(component.getName());
      described.put(name, nullable ? orNull(property) : property);
      if (request ? model.getRequired().contains(component.getName()) : !(nullable && sparse)) {
        required.add(name);
      }
    }
    model.setProperties(described);
    model.setRequired(type.getSimpleName().endsWith("Document") && !request ? null : required);
    model.addExtension(SEEN, true);
  }

  @SuppressWarnings({"rawtypes", "unchecked"})
  private static Schema orNull(Schema property) {
    if (property.get$ref() != null) {
      return new JsonSchema()
          .anyOf(
              new ArrayList<>(
                  List.of(property, new JsonSchema().types(new LinkedHashSet<>(Set.of("null"))))));
    }
    Set<String> types = new LinkedHashSet<>();
    if (property.getTypes() != null) {
      types.addAll(property.getTypes());
    } else if (property.getType() != null) {
      types.add(property.getType());
    }
    types.add("null");
    property.setTypes(types);
    return property;
  }

  static String snakeCase(String name) {
    return name.replaceAll("([a-z0-9])([A-Z])", "$1_$2").toLowerCase(java.util.Locale.ROOT);
  }
}
