/**
 * The OpenAPI document and its pages, as files. {@code OpenApiTest} makes the document from the
 * code and holds the file to it.
 */
@NullMarked
package io.alphakite.gateway.documentation;

import org.jspecify.annotations.NullMarked;
