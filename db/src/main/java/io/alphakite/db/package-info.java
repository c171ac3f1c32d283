@NullMarked
package io.alphakite.db;

import org.jspecify.annotations.NullMarked;
