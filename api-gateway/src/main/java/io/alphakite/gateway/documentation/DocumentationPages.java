package io.alphakite.gateway.documentation;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.springframework.web.servlet.config.annotation.ResourceHandlerRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** Serves Swagger UI under {@code /docs/}, with an initializer of ours that names our document. */
@Configuration(proxyBeanMethods = false)
class DocumentationPages implements WebMvcConfigurer {
  // The library's folder carries its version.
  private static final String SWAGGER_UI =
      "classpath*:/META-INF/resources/webjars/swagger-ui/*/index.html";

  @Override
  public void addResourceHandlers(ResourceHandlerRegistry registry) {
    try {
      Resource[] found = new PathMatchingResourcePatternResolver().getResources(SWAGGER_UI);
      if (found.length == 0) {
        throw new FileNotFoundException(SWAGGER_UI);
      }
      String folder = found[0].getURL().toString().replaceFirst("index\\.html$", "");
      registry.addResourceHandler("/docs/**").addResourceLocations("classpath:/docs/", folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
