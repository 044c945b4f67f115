pragma circom 2.1.0;

// `result` = `root`^2 + `shift`, for a `root` that stays secret.
template Square() {
    signal input root;
    signal input shift;
    signal output result;
    signal square;

    square <== root * root;
    result <== square + shift;
}

component main {public [shift]} = Square();
