struct a { int b; };
