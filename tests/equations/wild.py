r"""Formulas as public notes of this course print them, with the verdict they deserve.

The label was reached by reading, and where it could by numpy: `holds`, `fails`,
`definition`, or `unclear` where even a reader cannot tell what is meant. The spelling
is left as it was found, with its slips.
"""

WILD = [
    (
        "ho-0079",
        r"\begin{align*}"
        "\n"
        r"    J(w,b)=\frac{1}{m}\sum\limits_{i=1}^{m}L(\hat{y}^{(i)}, y^{(i)})=-"
        r"\frac{1}{m}\sum\limits_{i=1}^{m}(y^{(i)}log(\hat{y}^{(i)})+(1-y^{(i)}"
        ")log(1-y^{(i)})"
        "\n"
        r"\end{align*}",
        "fails",
    ),
    (
        "ho-0080",
        r"\begin{align*}"
        "\n"
        r"  w := w - \alpha\frac{dJ(w,b)}{dw}"
        "\n"
        r"\end{align*}",
        "definition",
    ),
    (
        "ho-0081",
        r"\begin{align*}"
        "\n"
        r"$J(w^{[1]},b^{[1]},w^{[2]},b^{[2]}) = \fraq{1/m} * \sum(L(\hat{y},"
        " y))$"
        "\n"
        r"\end{align*}",
        "unclear",
    ),
    (
        "ho-0082",
        r"\begin{align*}"
        "\n"
        "$n^{[0]=3}$"
        "\n"
        "$n^{[1]}=4$"
        "\n"
        "$n^{[2]}=4$"
        "\n"
        "$n^{[3]}=1$"
        "\n"
        r"\end{align*}",
        "unclear",
    ),
    (
        "ho-0083",
        r"\begin{align*}"
        "\n"
        "$z^{[1]}= w^{[1]}a^{[0]}+b^{[1]}$."
        "\n"
        "\n"
        r"$(4,1) = w^{[1]} \times (3,1) + bias$"
        "\n"
        r"\end{align*}",
        "unclear",
    ),
    (
        "ho-0084",
        r"\begin{align*}"
        "\n"
        r"$(4,1) = (4,3) \times (3,1) + (4,1)$"
        "\n"
        r"\end{align*}",
        "holds",
    ),
    (
        "ho-0085",
        r"\begin{align*}"
        "\n"
        r"$(n^{[l]},m)=(n^{[l]}, n^{[l-1]}) \times (n^{[l-1]},1)+(n^{[l]},m)$"
        "\n"
        r"\end{align*}",
        "fails",
    ),
    (
        "ho-0086",
        "X.shape = (n_x, m)",
        "holds",
    ),
    (
        "ho-0087",
        "y.shape = (1,m)",
        "holds",
    ),
    (
        "ho-0088",
        "z = np.dot(w, x) + b",
        "unclear",
    ),
    (
        "ho-0089",
        "z = w^{T}X + b",
        "holds",
    ),
    (
        "ho-0090",
        "z= w^{T}+b",
        "fails",
    ),
    (
        "ho-0091",
        "z_i^{[n]}= w_i^{[n]T}+b_i^{[n]}",
        "fails",
    ),
    (
        "ho-0092",
        "g'(z) = g(z) * (1 - g(z)) = a * (1-a)",
        "holds",
    ),
    (
        "ho-0093",
        "g'(z) = 1 - (tanh(z))^2 = 1 - a^2",
        "holds",
    ),
    (
        "ho-0094",
        "g'(z) = 0 when z<0",
        "holds",
    ),
    (
        "ho-0095",
        "g'(z) = 1, when z>=0",
        "holds",
    ),
    (
        "ho-0096",
        "g'(z) = 0.01, when z<0",
        "holds",
    ),
    (
        "ho-0097",
        "w^{[l]} = (n^{[l]},n^{[l-1]})",
        "holds",
    ),
    (
        "ho-0098",
        r"L(\hat{y},y) = -(y\log\hat{y})+(1-y)\log(1-\hat{y})",
        "fails",
    ),
    (
        "ho-0099",
        r"da = \dfrac{\partial L}{\partial a}=-\dfrac{y}{a}+\dfrac{1-y}{1-a}",
        "holds",
    ),
    (
        "ho-0100",
        r"J(w,b)=\dfrac{1}{m}\sum_{i=1}^{m}L(\hat y^{(i)}, y^{(i)})=-\dfrac{1}"
        r"{m}\sum_{i=1}^{m}\left[y^{(i)}\log\hat y^{(i)}+(1-y^{(i)})\log(1-\hat"
        r" y^{(i)})\right]",
        "holds",
    ),
    (
        "ho-0101",
        r"dw_{1} = \frac{\partial J(w,b)}{\partial{w_1}}=\frac{1}{m}\sum^m_{i=1}"
        r"\frac{\partial}{\partial{w_1}L(a^{(i)},y^{(i)})}",
        "fails",
    ),
    (
        "ho-0102",
        r"db = \dfrac{1}{m}\sum_{i=1}^{m}(a^{(i)}-y^{(i)})",
        "holds",
    ),
    (
        "ho-0103",
        r"z_1^{[1]}=w_1^{[1]T}x+b_1^{[1]},\ a_1^{[1]}=\sigma(z_1^{[1]})",
        "holds",
    ),
    (
        "ho-0104",
        r"z_1^{[2]}=w_1^{[2]T}a^{[1]}+b_1^{[2]},\ a_1^{[2]}=\sigma(z_1^{[2]})",
        "holds",
    ),
    (
        "ho-0105",
        "z = wX+b",
        "holds",
    ),
    (
        "ho-0106",
        "w^{[i]}=w^{T}",
        "unclear",
    ),
    (
        "ho-0107",
        "Z=WX+b",
        "holds",
    ),
    (
        "ho-0108",
        "z^{[l]}, a^{[l]}: (n^{[l]}, 1)",
        "holds",
    ),
    (
        "ho-0109",
        r"W^{[l]}:\ (n^{[l]},n^{[l-1]})",
        "holds",
    ),
    (
        "ho-0110",
        r"(1 - \frac{\alpha\lambda}{m})W^{[l]}<1",
        "fails",
    ),
    (
        "ho-0111",
        r"x = \frac{x - \mu}{\sigma^2}",
        "fails",
    ),
    (
        "ho-0112",
        r"\hat{Y} = W^{[L]}W^{[L-1]}...W^{[2]}W^{[1]}X",
        "holds",
    ),
    (
        "ho-0113",
        r"W^{[l]}=\left[ \begin{array}{l}1.5 & 0 \\\ 0 & 1.5\end{array} \right]",
        "definition",
    ),
    (
        "ho-0114",
        r"Var(w_i) = \frac{2}{n}",
        "definition",
    ),
    (
        "ho-0315",
        "dZ^{[l]} = dA^{[l]} * {g^{[l]}}^{'}(Z^{[l]})",
        "holds",
    ),
    (
        "ho-0316",
        r"dW^{[l]} = \frac{1}{m}dZ^{[l]}{A^{[l-1]}}^T",
        "holds",
    ),
    (
        "ho-0317",
        r"db^{[l]} = \frac{1}{m}np.sum(dZ^{[l]}, axis=1, keepdims=True)",
        "holds",
    ),
    (
        "ho-0318",
        r", where \hspace{3mm} dZ^{[L]} = A^{[L]}-Y",
        "holds",
    ),
    (
        "ho-0319",
        "L = -YlogA -(1-Y)log(1-A)",
        "holds",
    ),
    (
        "ho-0320",
        r"z^{[1] (i)} =  W^{[1]} x^{(i)} + b^{[1]}\tag{1}",
        "holds",
    ),
    (
        "ho-0321",
        r"a^{[1] (i)} = \tanh(z^{[1] (i)})\tag{2}",
        "holds",
    ),
    (
        "ho-0322",
        r"\hat{y}^{(i)} = a^{[2] (i)} = \sigma(z^{ [2] (i)})\tag{4}",
        "holds",
    ),
    (
        "ho-0323",
        r"y^{(i)}_{prediction} = \begin{cases} 1 & \mbox{if } a^{[2](i)} > 0.5"
        r" \\ 0 & \mbox{otherwise } \end{cases} \tag{5}",
        "definition",
    ),
    (
        "ho-0324",
        r"J = - \frac{1}{m} \sum\limits_{i = 0}^{m} \large{(} \small y^{(i)}\log"
        r"\left(a^{[2] (i)}\right) + (1-y^{(i)})\log\left(1- a^{[2] (i)}\right)"
        r" \large{)} \small\tag{13}",
        "fails",
    ),
    (
        "ho-0325",
        r"\frac{\partial \mathcal{J} }{ \partial z_{2}^{(i)} } = \frac{1}{m}"
        " (a^{[2](i)} - y^{(i)})",
        "holds",
    ),
    (
        "ho-0326",
        r"\frac{\partial \mathcal{J} }{ \partial W_2 } = \frac{\partial \mathcal"
        r"{J} }{ \partial z_{2}^{(i)} } a^{[1] (i) T}",
        "fails",
    ),
    (
        "ho-0327",
        r"\frac{\partial \mathcal{J} }{ \partial b_2 } = \sum_i{\frac{\partial"
        r" \mathcal{J} }{ \partial z_{2}^{(i)}}}",
        "holds",
    ),
    (
        "ho-0328",
        r"\frac{\partial \mathcal{J} }{ \partial W_1 } = \frac{\partial \mathcal"
        r"{J} }{ \partial z_{1}^{(i)} }  X^T",
        "fails",
    ),
    (
        "ho-0329",
        r"\frac{\partial \mathcal{J} _i }{ \partial b_1 } = \sum_i{\frac{"
        r"\partial \mathcal{J} }{ \partial z_{1}^{(i)}}}",
        "fails",
    ),
    (
        "ho-0330",
        "g^{[1]'}(z) = 1-a^2",
        "holds",
    ),
    (
        "ho-0331",
        r"\theta = \theta - \alpha \frac{\partial J }{ \partial \theta }",
        "definition",
    ),
    (
        "ho-0336",
        "Z^{[l](i)} = W^{[l]} A^{[l-1](i)} + b^{[l]}",
        "holds",
    ),
    (
        "ho-0337",
        r"\text{ReLU}(z) = \max(0, z)",
        "holds",
    ),
    (
        "ho-0338",
        r"\text{softmax}(z_j) = \frac{e^{z_j}}{\sum_{k=1}^K e^{z_k}} \quad \text"
        r"{for } j = 1, 2, \ldots, K",
        "definition",
    ),
    (
        "ho-0339",
        r"\text{softmax}(z_j) = \frac{e^{z_j - \max_k z_k}}{\sum_{k=1}^K e^{z_k"
        r" - \max_k z_k}}",
        "holds",
    ),
    (
        "ho-0340",
        r"L = \frac{1}{m} \sum_{i=1}^m L^{(i)} = -\frac{1}{m} \sum_{i=1}^{m}"
        r" \sum_{j=1}^{K} y_{ij} \log a_{ij}",
        "definition",
    ),
    (
        "ho-0341",
        r"\frac{\partial L}{\partial W^{[l]}} = \frac{\partial L}{\partial"
        r" Z^{[l]}} \cdot \frac{\partial Z^{[l]}}{\partial W^{[l]}} \quad"
        r" \Rightarrow \quad dZ^{[l]} = \frac{\partial L}{\partial Z^{[l]}}",
        "unclear",
    ),
    (
        "ho-0342",
        r"\frac{\partial L}{\partial W^{[L]}} = \frac{1}{m} dZ^{[L]} A^{[L-1]^T}",
        "holds",
    ),
    (
        "ho-0343",
        r"\frac{\partial L}{\partial b^{[L]}} = \frac{1}{m} \sum_{i=1}^{m}"
        " dZ^{[L](i)}",
        "holds",
    ),
    (
        "ho-0344",
        "dA^{[l]} = W^{[l+1]^T} dZ^{[l+1]}",
        "holds",
    ),
    (
        "ho-0345",
        r"dZ^{[l]} = dA^{[l]} \odot g'^{[l]}(Z^{[l]})",
        "holds",
    ),
    (
        "ho-0346",
        r"g'^{[l]}(Z^{[l]}) = \begin{cases} 1 & \text{if } Z^{[l]} > 0 \\ 0 &"
        r" \text{otherwise} \end{cases}",
        "holds",
    ),
    (
        "ho-0347",
        r"dZ^{[l]} = dA^{[l]} \odot (Z^{[l]} > 0)",
        "holds",
    ),
    (
        "ho-0348",
        r"W^{[l]} = W^{[l]} - \alpha \frac{\partial L}{\partial W^{[l]}}",
        "definition",
    ),
    (
        "ho-0349",
        r"ReLU'(z) = \begin{cases} 1 & \text{if } z > 0 \\ 0 & \text{if } z \leq"
        r" 0 \end{cases}",
        "holds",
    ),
    (
        "ho-0378",
        r"z^{(i)} = w^T x^{(i)} + b \tag{1}",
        "holds",
    ),
    (
        "ho-0379",
        r"\hat{y}^{(i)} = a^{(i)} = sigmoid(z^{(i)})\tag{2}",
        "holds",
    ),
    (
        "ho-0380",
        r"\mathcal{L}(a^{(i)}, y^{(i)}) =  - y^{(i)}  \log(a^{(i)}) - (1-y^{(i)}"
        r" )  \log(1-a^{(i)})\tag{3}",
        "holds",
    ),
    (
        "ho-0381",
        r"J = \frac{1}{m} \sum_{i=1}^m \mathcal{L}(a^{(i)}, y^{(i)})\tag{6}",
        "holds",
    ),
    (
        "ho-0382",
        r"A = \sigma(w^T X + b) = (a^{(0)}, a^{(1)}, ..., a^{(m-1)}, a^{(m)})",
        "fails",
    ),
    (
        "ho-0383",
        r"J = -\frac{1}{m}\sum_{i=1}^{m}y^{(i)}\log(a^{(i)})+(1-y^{(i)})\log"
        "(1-a^{(i)})",
        "unclear",
    ),
    (
        "ho-0384",
        r"z^{[1] (i)} =  W^{[1]} x^{(i)} + b^{[1] (i)}\tag{1}",
        "unclear",
    ),
    (
        "ho-0385",
        r"W = \begin{bmatrix}"
        "\n"
        r"    j  & k  & l\\"
        "\n"
        r"    m  & n & o \\"
        "\n"
        "    p  & q & r "
        "\n"
        r"\end{bmatrix}\;\;\; X = \begin{bmatrix}"
        "\n"
        r"    a  & b  & c\\"
        "\n"
        r"    d  & e & f \\"
        "\n"
        "    g  & h & i "
        "\n"
        r"\end{bmatrix} \;\;\; b =\begin{bmatrix}"
        "\n"
        r"    s  \\"
        "\n"
        r"    t  \\"
        "\n"
        "    u"
        "\n"
        r"\end{bmatrix}\tag{2}",
        "definition",
    ),
    (
        "ho-0386",
        r"\sigma(Z) = \sigma(W A + b) = \frac{1}{ 1 + e^{-(W A + b)}}",
        "holds",
    ),
    (
        "ho-0387",
        "A = RELU(Z) = max(0, Z)",
        "holds",
    ),
    (
        "ho-0388",
        "A^{[l]} = g(Z^{[l]}) = g(W^{[l]}A^{[l-1]} +b^{[l]})",
        "holds",
    ),
    (
        "ho-0389",
        r"dW^{[1]} = dz^{[1]} \times \frac{\partial z^{[1]} }{\partial W^{[1]}}",
        "unclear",
    ),
    (
        "ho-0390",
        r"dZ^{[l]} = dA^{[l]} * g'(Z^{[l]}) \tag{11}",
        "holds",
    ),
    (
        "ho-0391",
        r"dtheta = \frac { \partial J }{ \partial \theta} = x",
        "holds",
    ),
    (
        "ho-0392",
        r"difference = \frac {\mid\mid grad - gradapprox \mid\mid_2}{\mid\mid"
        r" grad \mid\mid_2 + \mid\mid gradapprox \mid\mid_2} \tag{2}",
        "definition",
    ),
    (
        "ho-0393",
        r"gradapprox = \frac{J^{+} - J^{-}}{2  \varepsilon}",
        "definition",
    ),
    (
        "ho-0394",
        "D^{[1]} = [d^{[1](1)} d^{[1](2)} ... d^{[1](m)}]",
        "definition",
    ),
    (
        "ho-0395",
        r"Z^{[1]} =  W^{[1]} X + b^{[1]}\tag{1}",
        "holds",
    ),
    (
        "ho-0396",
        r"A^{[1]} = \tanh(Z^{[1]})\tag{2}",
        "holds",
    ),
    (
        "ho-0397",
        r"\hat{Y} = A^{[2]} = \sigma(Z^{[2]})\tag{4}",
        "holds",
    ),
    (
        "ho-0398",
        r"J = - \frac{1}{m} \sum\limits_{i = 1}^{m} \large{(} \small y^{(i)}\log"
        r"\left(a^{[2] (i)}\right) + (1-y^{(i)})\log\left(1- a^{[2] (i)}\right)"
        r" \large{)} \small\tag{13}",
        "holds",
    ),
    (
        "ho-0399",
        r"sigmoid(z) = \frac{1}{1 + e^{-z}}",
        "holds",
    ),
    (
        "ho-0400",
        r"J = -\frac{1}{m}\sum_{i=1}^{m}(y^{(i)}\log(a^{(i)})+(1-y^{(i)})\log"
        "(1-a^{(i)}))",
        "holds",
    ),
    (
        "hx-0106",
        r"\begin{align*}"
        "\n"
        "$z^{[l]}= w^{[l]}a^{[l-1]}+b^{[l]}$"
        "\n"
        "$a^{[l]}= g(z^{[l]})$"
        "\n"
        r"\end{align*}",
        "holds",
    ),
    (
        "hx-0107",
        r"[a_1^{[1]}, a_2^{[1]},a_3^{[1]},a_4^{[1]}] = \sigma(z^{[1]})",
        "holds",
    ),
    (
        "hx-0108",
        r"dz = \dfrac{\partial L}{\partial z}=\dfrac{\partial L}{\partial a}"
        r"\cdot\dfrac{\partial a}{\partial z}=(-\dfrac{y}{a}+\dfrac{1-y}{1-a})"
        r"\cdot a(1-a)=a-y",
        "holds",
    ),
    (
        "hx-0109",
        r"dw_{1} = \dfrac{\partial L}{\partial w_{1}}=\dfrac{\partial L}{"
        r"\partial z}\cdot\dfrac{\partial z}{\partial w_{1}}=x_{1}\cdot dz=x_{1}"
        "(a-y)",
        "holds",
    ),
    (
        "hx-0110",
        r"db = \dfrac{\partial L}{\partial b }=\dfrac{\partial L}{\partial z}"
        r"\cdot\dfrac{\partial z}{\partial b }=1\cdot dz=a-y",
        "holds",
    ),
    (
        "hx-0254",
        r"dA^{[l-1]} = {W^{[l]}}^T dZ^{[l]} = \frac{dJ}{dA^{[l-1]}} = \frac"
        r"{dZ^{[l]}}{dA^{[l-1]}} \frac{dJ}{dZ^{[l]}} = \frac{dZ^{[l]}}"
        "{dA^{[l-1]}} dZ^{[l]}",
        "holds",
    ),
    (
        "hx-0255",
        r"J = - \frac{1}{m} \sum\limits_{i = 0}^{m} \large\left(\small y^{(i)}"
        r"\log\left(a^{[2] (i)}\right) + (1-y^{(i)})\log\left(1- a^{[2] (i)}"
        r"\right)  \large  \right) \small \tag{6}",
        "fails",
    ),
    (
        "hx-0256",
        r"\frac{\partial \mathcal{J} }{ \partial z_{1}^{(i)} } =  W_2^T \frac{"
        r"\partial \mathcal{J} }{ \partial z_{2}^{(i)} } * ( 1 - a^{[1] (i) 2})",
        "holds",
    ),
    (
        "hx-0308",
        r"\frac{\partial J}{\partial w} = \frac{1}{m}X(A-Y)^T\tag{7}",
        "holds",
    ),
    (
        "hx-0309",
        r"\frac{\partial J}{\partial b} = \frac{1}{m} \sum_{i=1}^m (a^{(i)}"
        r"-y^{(i)})\tag{8}",
        "holds",
    ),
    (
        "hx-0310",
        r"WX + b = \begin{bmatrix}"
        "\n"
        r"    (ja + kd + lg) + s  & (jb + ke + lh) + s  & (jc + kf + li)+ s\\"
        "\n"
        r"    (ma + nd + og) + t & (mb + ne + oh) + t & (mc + nf + oi) + t\\"
        "\n"
        "    (pa + qd + rg) + u & (pb + qe + rh) + u & (pc + qf + ri)+ u"
        "\n"
        r"\end{bmatrix}\tag{3}",
        "holds",
    ),
    (
        "hx-0311",
        r"Z^{[l]} = W^{[l]}A^{[l-1]} +b^{[l]}\tag{4}",
        "holds",
    ),
    (
        "hx-0312",
        r"\frac{d \mathcal{L}(a^{[2]},y)}{{dz^{[1]}}} = \frac{d\mathcal{L}"
        r"(a^{[2]},y)}{{da^{[2]}}}\frac{{da^{[2]}}}{{dz^{[2]}}}\frac{{dz^{[2]}}}"
        r"{{da^{[1]}}}\frac{{da^{[1]}}}{{dz^{[1]}}} \tag{8}",
        "holds",
    ),
    (
        "hx-0313",
        r"dW^{[l]} = \frac{\partial \mathcal{L} }{\partial W^{[l]}} = \frac{1}"
        r"{m} dZ^{[l]} A^{[l-1] T} \tag{8}",
        "holds",
    ),
    (
        "hx-0314",
        r"db^{[l]} = \frac{\partial \mathcal{L} }{\partial b^{[l]}} = \frac{1}"
        r"{m} \sum_{i = 1}^{m} dZ^{[l](i)}\tag{9}",
        "holds",
    ),
    (
        "hx-0315",
        r"dA^{[l-1]} = \frac{\partial \mathcal{L} }{\partial A^{[l-1]}} = W^{[l]"
        r" T} dZ^{[l]} \tag{10}",
        "holds",
    ),
    (
        "hx-0316",
        r"W^{[l]} = W^{[l]} - \alpha \text{ } dW^{[l]} \tag{16}",
        "definition",
    ),
    (
        "hx-0317",
        r"\frac{d}{dW} ( \frac{1}{2}\frac{\lambda}{m}  W^2) = \frac{\lambda}{m}"
        " W",
        "holds",
    ),
]
