/** The OpenAPI document: what springdoc finds in the code, made exact. */
@NullMarked
package io.alphakite.gateway.documentation;

import org.jspecify.annotations.NullMarked;
