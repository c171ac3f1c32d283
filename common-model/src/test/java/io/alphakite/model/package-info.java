@NullMarked
package io.alphakite.model;

import org.jspecify.annotations.NullMarked;
