// Without a file in assembly the compiler refuses functions and variables that
// are declared here and live in another package.
